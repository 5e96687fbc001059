"""Bytes in and out, with time stamps taken as early as the kernel can. No protocol is known here."""
