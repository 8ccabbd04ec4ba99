/// A material of the body: what the scanner sees.
public enum Tissue: UInt8, CaseIterable, Sendable, Codable {
    /// Air outside the body and gas inside.
    case air
    /// Left-sided, oxygenated blood.
    case arterialBlood
    /// Right-sided blood.
    case venousBlood
    /// Heart muscle.
    case myocardium
    /// Chronic infarct scar.
    case scar
    /// Valve leaflets, chordae and vessel walls.
    case valve
    /// Fluid in the pericardial sac.
    case pericardialFluid
    /// Epicardial, visceral and subcutaneous fat.
    case fat
    /// Lung parenchyma.
    case lung
    /// Liver.
    case liver
    /// Spleen.
    case spleen
    /// Stomach contents.
    case stomachFluid
    /// Skeletal muscle, diaphragm.
    case muscle
    /// Marrow of vertebrae, ribs and sternum.
    case marrow
    /// Cortical bone.
    case corticalBone
    /// Discs and costal cartilage.
    case cartilage
    /// Spinal canal: cord and fluid together.
    case spinalCanal
    /// Skin.
    case skin

    /// The name in recipes and files: `arterial_blood`.
    public var name: String { snakeCase("\(self)") }
}
