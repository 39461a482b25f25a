"""Keys: an own data key for every object, wrapped by a master key that never lies beside them."""
