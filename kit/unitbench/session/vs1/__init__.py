"""The camera's side doors: announces that are heard, ports that are read, and the heartbeat beside them."""
