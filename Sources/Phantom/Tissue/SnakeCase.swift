/// `lvCavity` → `lv_cavity`.
func snakeCase(_ camel: String) -> String {
    camel.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
}
