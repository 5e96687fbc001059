"""The recorder's conversation: its codec is that of any line protocol, its unit keeps a ledger of connections."""
