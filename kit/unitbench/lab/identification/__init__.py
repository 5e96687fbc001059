"""What is known of a host from what was seen of it: observations in, hypotheses with evidence, score and word out.

Pure: nothing is sent, no clock is read. ``model`` has the observations, ``judging`` what each says, ``scoring`` what
they say together, ``following`` what would decide, ``conflicts`` what does not fit, ``steps`` what is asked.
"""
