"""A simulated DCOL receiver on sockets: its virtual ports open, close, move and dial as they are set."""
