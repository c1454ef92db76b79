"""Cash and orders of the account: what is booked, adopted, in flight or refused."""
