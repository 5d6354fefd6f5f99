"""What the index tells the floors above it."""

from django.dispatch import Signal

# Sent with `studies`, rows that are new or hold other instances than before, when they are in the database.
studies_arrived = Signal()
