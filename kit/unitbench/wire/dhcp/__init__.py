"""The client's end of DHCP: how a unit with automatic network setting comes to its address."""
