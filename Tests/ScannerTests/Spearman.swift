/// Rank correlation of some values with their order.
func spearman(_ values: [Double]) -> Double {
    // Equal values share their mean rank; levels are 1…n.
    let ranks = values.map { value in
        Double(values.count { $0 < value }) + Double(values.count { $0 == value } + 1) / 2
    }
    let mean = Double(values.count + 1) / 2
    let (across, along, down) = ranks.enumerated().reduce((0.0, 0.0, 0.0)) { sums, entry in
        let (x, y) = (Double(entry.offset + 1) - mean, entry.element - mean)
        return (sums.0 + x * y, sums.1 + x * x, sums.2 + y * y)
    }
    return down > 0 ? across / (along * down).squareRoot() : 0
}
