"""A simulated recorder on real sockets: every connection goes through its ledger."""
