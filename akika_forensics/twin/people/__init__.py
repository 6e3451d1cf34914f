"""Who works with the company, and the trail that they leave."""
