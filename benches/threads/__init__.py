"""What a second thread gains."""
