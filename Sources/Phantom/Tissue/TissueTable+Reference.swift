extension TissueTable {
    /// The table of `phantoms/tissues-1.5t.yml`, for code that has no file at hand.
    public static let reference15T = TissueTable(
        fieldT: 1.5,
        relaxations: Tissue.allCases.map { tissue in
            switch tissue {
            case .air: Relaxation(t1MS: 1000, t2MS: 1, density: 0, source: "gives no signal")
            case .arterialBlood:
                Relaxation(t1MS: 1441, t2MS: 290, t2StarMS: 200, density: 0.95, source: file)
            case .venousBlood:
                Relaxation(t1MS: 1441, t2MS: 165, t2StarMS: 120, density: 0.95, source: file)
            case .myocardium:
                Relaxation(t1MS: 1000, t2MS: 50, t2StarMS: 37, density: 0.8, source: file)
            case .scar:
                Relaxation(t1MS: 1200, t2MS: 52, t2StarMS: 35, density: 0.8, source: file)
            case .valve:
                Relaxation(t1MS: 1030, t2MS: 37, t2StarMS: 15, density: 0.6, source: file)
            case .pericardialFluid:
                Relaxation(t1MS: 3000, t2MS: 1000, t2StarMS: 500, density: 0.98, source: file)
            case .fat:
                Relaxation(t1MS: 300, t2MS: 70, t2StarMS: 40, density: 0.7, shiftHz: -217, source: file)
            case .lung:
                Relaxation(t1MS: 1200, t2MS: 40, t2StarMS: 1.75, density: 0.2, source: file)
            case .liver:
                Relaxation(t1MS: 576, t2MS: 46, t2StarMS: 30, density: 0.9, source: file)
            case .spleen:
                Relaxation(t1MS: 1050, t2MS: 80, t2StarMS: 50, density: 0.85, source: file)
            case .stomachFluid:
                Relaxation(t1MS: 2500, t2MS: 350, t2StarMS: 200, density: 0.95, source: file)
            case .muscle:
                Relaxation(t1MS: 1008, t2MS: 44, t2StarMS: 30, density: 0.8, source: file)
            case .marrow:
                Relaxation(t1MS: 745, t2MS: 74, t2StarMS: 30, density: 0.5, source: file)
            case .corticalBone:
                Relaxation(t1MS: 250, t2MS: 10, t2StarMS: 0.5, density: 0.08, source: file)
            case .cartilage:
                Relaxation(t1MS: 1030, t2MS: 37, t2StarMS: 20, density: 0.6, source: file)
            case .spinalCanal:
                Relaxation(t1MS: 1800, t2MS: 180, t2StarMS: 90, density: 0.9, source: file)
            case .skin:
                Relaxation(t1MS: 900, t2MS: 35, t2StarMS: 20, density: 0.7, source: file)
            }
        })

    private static let file = "phantoms/tissues-1.5t.yml"
}
