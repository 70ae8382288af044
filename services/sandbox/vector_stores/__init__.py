"""The sandbox's vector stores."""
