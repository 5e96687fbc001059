"""The camera's conversations: announce, formatted output, heartbeat, control, routes and console."""
