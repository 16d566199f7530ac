"""What `labtop.compat.wandb` is made of."""
