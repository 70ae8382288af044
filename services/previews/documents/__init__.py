"""Archives, PDFs and the results of fine-tuning."""
