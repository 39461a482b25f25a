"""What comes in: the inbox, what lies beside a scan, what is put aside."""
