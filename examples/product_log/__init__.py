"""An HTTP API that stores products, announces each on a bus, and logs it from the event."""
