#!/bin/sh
# Checks what holds the services together; writes nothing. Ends with 1 when something is out of step.
cd "$(dirname "$0")/.." && exec deno task coordination --check
