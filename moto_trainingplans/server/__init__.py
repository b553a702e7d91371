"""The standalone server: all of moto's, plus training plans."""
