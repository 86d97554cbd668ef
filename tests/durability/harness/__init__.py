"""What the proofs of durability stand on; README.md of the folder above says how."""
