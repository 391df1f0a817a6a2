"""What metrics of spiking voltages compute; compiled loops are imported when first needed."""
