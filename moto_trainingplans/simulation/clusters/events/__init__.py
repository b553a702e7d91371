"""What clusters tell: their events, the operations these belong to, and the news of both."""
