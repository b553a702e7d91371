"""Tests of the views: timeline, reports, and the page of a test run."""
