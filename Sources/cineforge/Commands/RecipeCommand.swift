import ArgumentParser
import Core
import Datasets
import Foundation

/// Everything about recipes but making them.
struct RecipeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe", abstract: "Check, print and describe recipes.",
        subcommands: [Check.self, RecipeSampling.self, PrintRecipe.self, PrintSchema.self])

    /// Says whether a recipe is right.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check a recipe and say what it would make.")

        @OptionGroup var source: RecipeOptions
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let recipe = try source.load()
            let patients = recipe.roster().count
            let views = recipe.cineViews.map(\.rawValue)
            let kspace = Set(recipe.roster().flatMap { recipe.kspace(of: $0)?.views ?? [] }.map(\.rawValue)).sorted()
            guard !json else {
                return Terminal.print(
                    .object([
                        "ok": .bool(true), "name": .string(recipe.name), "recipe_sha256": .string(try recipe.sha256()),
                        "patients": .integer(patients), "frames": .integer(recipe.frames),
                        "volume": .bool(recipe.volume != nil), "views": .array(views.map { .string($0) }),
                        "kspace": .array(kspace.map { .string($0) }),
                    ]))
            }
            let parts = [
                recipe.volume == nil ? nil : "volumes", views.isEmpty ? nil : views.joined(separator: ", "),
                kspace.isEmpty ? nil : "k-space of " + kspace.joined(separator: ", "),
            ]
            Terminal.print(
                "\(source.recipe): right; \(Words.count(patients, "patient")), \(Words.count(recipe.frames, "frame")), "
                    + parts.compactMap { $0 }.joined(separator: " and "))
        }
    }

    /// Prints a recipe with every default.
    struct PrintRecipe: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "print", abstract: "Print a recipe with every default, its cohorts and tissues, as YAML.")

        @OptionGroup var source: RecipeOptions
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let recipe = try source.load()
            if json {
                Terminal.print(try recipe.json())
            } else {
                Terminal.write(try recipe.yaml(), to: .standardOutput)
            }
        }
    }

    /// Prints the JSON Schema.
    struct PrintSchema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "Print the JSON Schema of recipes, for editors.")

        func run() throws { Terminal.print(Recipe.schema.jsonSchema(title: "CineForge recipe")) }
    }
}

/// Which recipe, and what to change in it.
struct RecipeOptions: ParsableArguments {
    @Argument(help: "Recipe: a file (YAML), or the name of one that came along, as demo.") var recipe: String
    @Option(help: ArgumentHelp("Seed instead of the recipe's.", valueName: "s")) var seed: UInt64?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a key: volume.spacing_mm=2, patients.0.count=5. Repeatable.", valueName: "key=value")
    )
    var overrides: [String] = []

    /// The resolved recipe.
    func load() throws -> Recipe {
        let executable = Bundle.main.executableURL
        let file = try RecipeLoader.file(of: recipe, executable: executable)
        return try RecipeLoader(recipe: file, executable: executable).load(file, overrides: overrides, seed: seed)
    }
}
