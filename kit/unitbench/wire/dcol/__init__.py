"""The conversation of Trimble DCOL packet AEh: codec and the unit's end."""
