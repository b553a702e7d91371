"""What happened in a simulation, to be looked at: the timeline, and the ledger of a plan.

Read-only: nothing here changes a simulation, and a simulation does not know of it.
"""
