"""From the question before a delete to the offer to undo it."""
