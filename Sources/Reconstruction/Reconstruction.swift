/// Classical reconstruction of multi-coil k-space.
public enum Reconstruction {}
