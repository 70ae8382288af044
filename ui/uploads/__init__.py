"""From files dropped or picked to an upload that was looked over."""
