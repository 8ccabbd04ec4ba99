/// The canonical classes of label maps.
///
/// The raw values are part of the file format.
public enum Label: UInt8, CaseIterable, Sendable, Codable {
    /// Air and whatever is not listed.
    case background = 0
    /// LV cavity, papillary muscles and trabeculae included.
    case lvCavity = 1
    /// LV wall.
    case lvMyocardium = 2
    /// RV cavity with inflow and outflow tract, up to the pulmonary valve.
    case rvCavity = 3
    /// Left atrium with appendage.
    case laCavity = 4
    /// Right atrium with appendage.
    case raCavity = 5
    /// Aorta from the valve to the descending part.
    case aorta = 6
    /// Pulmonary trunk and its two branches.
    case pulmonaryArtery = 7
    /// RV free wall.
    case rvWall = 8
    /// Atrial walls, valves, epicardial fat, pericardium, coronaries.
    case otherHeart = 9
    /// Lungs with their vessels.
    case lung = 16
    /// Liver with its vessels.
    case liver = 17
    /// Spleen.
    case spleen = 18
    /// Stomach.
    case stomach = 19
    /// Vertebrae and discs.
    case spine = 20
    /// Spinal canal.
    case spinalCanal = 21
    /// Ribs and sternum.
    case ribs = 22
    /// Skeletal muscle and diaphragm.
    case muscle = 23
    /// Fat under the skin and between organs.
    case fat = 24
    /// Skin.
    case skin = 25
    /// Venae cavae.
    case venaCava = 26
    /// Pulmonary veins outside the left atrium.
    case pulmonaryVein = 27

    /// The name in tables and files: `lv_cavity`.
    public var name: String { snakeCase("\(self)") }
}
