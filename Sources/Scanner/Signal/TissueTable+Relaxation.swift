import Phantom

extension TissueTable {
    /// Relaxation and chemical shift of every tissue, for the signal equations.
    public var relaxations: [Tissue: Scanner.Relaxation] {
        Dictionary(
            uniqueKeysWithValues: Tissue.allCases.map { tissue in
                let values = self[tissue]
                return (
                    tissue,
                    Scanner.Relaxation(
                        t1MS: values.t1MS, t2MS: values.t2MS, protonDensity: values.density, shiftHz: values.shiftHz)
                )
            })
    }
}
