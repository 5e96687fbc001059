"""One live object that owns links, logins, units and experiments; views ask it and subscribe to it."""
