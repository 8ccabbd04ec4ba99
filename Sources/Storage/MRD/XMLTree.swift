import Core
import Foundation
import FoundationXML

/// An element of an XML document, without attributes.
struct XMLTree {
    /// Name without the prefix of its name space.
    let name: String
    /// Text within, without the white space around it.
    fileprivate(set) var text = ""
    /// Elements within, in order.
    fileprivate(set) var children: [XMLTree] = []

    /// The elements within of one name.
    func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

    /// The first element within of one name.
    func first(_ name: String) -> XMLTree? { children.first { $0.name == name } }

    /// Parses a document.
    ///
    /// Declarations of types and entities are refused: headers have none, and they can make a small document huge.
    ///
    /// - Parameter document: the text.
    /// - Parameter source: what to call it in messages.
    /// - Throws: `CineError(.badData)` with the line at which it goes wrong.
    init(_ document: String, source: String) throws {
        guard !document.contains("<!DOCTYPE") else {
            throw CineError(.badData, "\(source): expected XML without a DOCTYPE, found one. Remove it.")
        }
        let builder = XMLTreeBuilder()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = builder
        let isWhole = parser.parse()
        guard isWhole, !builder.isTooDeep, let root = builder.root else {
            throw CineError(
                .badData,
                "\(source): expected an XML header, found \(document.isEmpty ? "nothing" : "an error in line \(parser.lineNumber)"). Write the file again."
            )
        }
        self = root
    }

    fileprivate init(name: String) { self.name = name }
}

private final class XMLTreeBuilder: NSObject, XMLParserDelegate {
    private(set) var root: XMLTree?
    private(set) var isTooDeep = false
    private var open: [XMLTree] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(XMLTree(name: name.split(separator: ":").last.map(String.init) ?? name))
        // ISMRMRD's schema is 5 deep.
        guard open.count <= 32 else {
            isTooDeep = true
            return parser.abortParsing()
        }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard var element = open.popLast() else { return }
        element.text = element.text.trimmingCharacters(in: .whitespacesAndNewlines)
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
}
