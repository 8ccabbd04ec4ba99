/// Captions: a small font of five by seven points, drawn as thin strokes so that it is smooth at any size.
public enum Text {
    /// Width in pixels of a line of text.
    ///
    /// - Parameter text: one line.
    /// - Parameter size: height of a capital in pixels.
    public static func width(_ text: String, size: Float) -> Int {
        text.isEmpty ? 0 : Int((Float(text.count * 6 - 1) * step(size)).rounded(.up))
    }

    /// Draws one line of text; a character that the font lacks becomes a box.
    ///
    /// - Parameter text: one line.
    /// - Parameter picture: what is drawn on.
    /// - Parameter x: left edge in pixels.
    /// - Parameter y: upper edge of capitals in pixels.
    /// - Parameter size: height of a capital in pixels.
    /// - Parameter color: of the letters.
    public static func draw(
        _ text: String, on picture: inout Picture, x: Int, y: Int, size: Float = 11, color: Color = Palette.text
    ) {
        let step = step(size)
        let thickness = max(1, step * 0.78)
        for (index, character) in text.enumerated() {
            let origin = SIMD2(Float(x) + Float(index * 6) * step, Float(y))
            for stroke in Font.strokes[character] ?? Font.box {
                picture.line(
                    from: origin + stroke.from * step, to: origin + stroke.to * step, thickness: thickness, color)
            }
        }
    }

    /// Distance between points of the font in pixels.
    private static func step(_ size: Float) -> Float { size / 7 }
}

/// A line between neighbouring points of a glyph.
private struct Stroke {
    let from: SIMD2<Float>
    let to: SIMD2<Float>
}

private enum Font {
    /// Points that touch are joined, so that the drawing below becomes strokes.
    static let strokes: [Character: [Stroke]] = {
        var result: [Character: [Stroke]] = [" ": []]
        for (characters, rows) in sheet {
            let rows = rows.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
            for (index, character) in characters.enumerated() {
                result[character] = joined { x, y in
                    let column = index * 6 + x
                    return (0..<5).contains(x) && rows.indices.contains(y) && column < rows[y].count
                        && rows[y][column] == "#"
                }
            }
        }
        return result
    }()

    static let box = joined { x, y in
        (0..<5).contains(x) && (0..<7).contains(y) && (x == 0 || x == 4 || y == 0 || y == 6)
    }

    private static func joined(_ isSet: (Int, Int) -> Bool) -> [Stroke] {
        var strokes: [Stroke] = []
        for y in 0..<9 {
            for x in 0..<5 where isSet(x, y) {
                let point = SIMD2(Float(x), Float(y))
                var isAlone = true
                for (dx, dy) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]
                where isSet(x + dx, y + dy) {
                    // A diagonal beside a corner would fill the corner.
                    if dx != 0 && dy != 0 && (isSet(x + dx, y) || isSet(x, y + dy)) { continue }
                    isAlone = false
                    guard dy > 0 || (dy == 0 && dx > 0) else { continue }
                    strokes.append(Stroke(from: point, to: point + SIMD2(Float(dx), Float(dy))))
                }
                if isAlone { strokes.append(Stroke(from: point, to: point)) }
            }
        }
        return strokes
    }

    /// Seven rows for capitals and two below the line, six columns a character.
    private static let sheet: [(String, String)] = [
        (
            "ABCDEFGHIJKLM",
            """
             ###  ####   ###  ####  ##### #####  ###  #   # #####   ### #   # #     #   #
            #   # #   # #   # #   # #     #     #   # #   #   #      #  #  #  #     ## ##
            #   # #   # #     #   # #     #     #     #   #   #      #  # #   #     # # #
            ##### ####  #     #   # ####  ####  # ### #####   #      #  ##    #     #   #
            #   # #   # #     #   # #     #     #   # #   #   #      #  # #   #     #   #
            #   # #   # #   # #   # #     #     #   # #   #   #   #  #  #  #  #     #   #
            #   # ####   ###  ####  ##### #      ###  #   # #####  ##   #   # ##### #   #
            """
        ),
        (
            "NOPQRSTUVWXYZ",
            """
            #   #  ###  ####   ###  ####   ###  ##### #   # #   # #   # #   # #   # #####
            ##  # #   # #   # #   # #   # #   #   #   #   # #   # #   # #   # #   #     #
            # # # #   # #   # #   # #   # #       #   #   # #   # #   #  # #   # #     #
            # # # #   # ####  #   # ####   ###    #   #   # #   # # # #   #     #     #
            #  ## #   # #     # # # # #       #   #   #   # #   # # # #  # #    #    #
            #   # #   # #     #  #  #  #  #   #   #   #   #  # #  ## ## #   #   #   #
            #   #  ###  #      ## # #   #  ###    #    ###    #   #   # #   #   #   #####
            """
        ),
        (
            "abcdefghijklm",
            """
                  #               #         ##        #       #      #  #      #
                  #               #        #          #                 #      #
             ###  # ##   ###   ## #  ###  ####   #### # ##   ##     ##  #  #   #    ## #
                # ##  # #   # #  ## #   #  #    #   # ##  #   #      #  # #    #    # # #
             #### #   # #     #   # #####  #    #   # #   #   #      #  ##     #    # # #
            #   # #   # #   # #   # #      #    #   # #   #   #      #  # #    #    # # #
             #### ####   ###   ####  ###   #     #### #   #  ###     #  #  #  ###   # # #
                                                    #             #  #
                                                 ###               ##
            """
        ),
        (
            "nopqrstuvwxyz",
            """
                                                 #
                                                 #
            # ##   ###  ####   #### # ##   #### ####  #   # #   # #   # #   # #   # #####
            ##  # #   # #   # #   # ##  # #      #    #   # #   # #   #  # #  #   #    #
            #   # #   # #   # #   # #      ###   #    #   # #   # # # #   #   #   #   #
            #   # #   # #   # #   # #         #  #  # #  ##  # #  # # #  # #  #   #  #
            #   #  ###  ####   #### #     ####    ##   ## #   #    # #  #   #  #### #####
                        #         #                                               #
                        #         #                                            ###
            """
        ),
        (
            "0123456789",
            """
             ###    #    ###  #####    #  #####   ##  #####  ###   ###
            #   #  ##   #   #    #    ##  #      #        # #   # #   #
            #  ##   #       #   #    # #  ####  #        #  #   # #   #
            # # #   #      #     #  #  #      # ####     #   ###   ####
            ##  #   #     #       # #####     # #   #   #   #   #     #
            #   #   #    #    #   #    #  #   # #   #   #   #   #    #
             ###   ###  #####  ###     #   ###   ###    #    ###   ##
            """
        ),
        (
            ".,:%/-+()=_",
            """
                              ##                         #   #
                         ##   ##  #     #         #     #     #
                         ##      #     #          #    #       #  #####
                                #     #    ###  #####  #       #
                         ##    #     #            #    #       #  #####
             ##    ##    ##   #  ## #             #     #     #
             ##     #            ##                      #   #          #####
                   #
            """
        ),
    ]
}
