#include "app/verbs/chain_verb.h"

#include "app/verbs/chain_report.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/chain_document.h"
#include "core/capture/chain_maps.h"
#include "widgets/image/chain_figure.h"
#include "widgets/image/exporter.h"

#include <charconv>
#include <memory>

namespace heedmap {

namespace {

struct ChainArguments
{
    std::vector<std::string> files; ///< two captures, or a chain
    std::string textOfA;
    std::string textOfB;
    std::string mapOfA;
    std::string mapOfB;
    std::optional<double> at;
    std::string patch;
    std::string token;
    bool json = false;
    std::string out;
    std::string figure;
};

/// The text that was named.
std::vector<CapturedText> textNamed(const Capture& capture, std::vector<CapturedText> texts, const std::string& wanted)
{
    std::string known;
    for (const CapturedText& text : texts)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", printable(text.id));
    std::erase_if(texts, [&wanted](const CapturedText& text) { return text.id != wanted; });
    if (texts.empty())
        throw Error(ErrorKind::InvalidRequest, "{} has no text \"{}\"; it has {}", capture.path().string(), wanted,
                    known.empty() ? "none" : known);
    return texts;
}

/// Every text the first end of a chain may go through.
std::vector<CapturedText> textsToChooseOf(const Capture& capture)
{
    std::vector<CapturedText> texts = capturedTexts(capture);
    if (std::optional<CapturedText> whole = heardText(capture); whole && whole->windowCount() > 1)
        texts.push_back(std::move(*whole));
    return texts;
}

ChainEnd endOf(std::shared_ptr<const Capture> capture, CapturedText text, const std::string& map)
{
    MapChoice choice = map.empty() ? chainMap(*capture, text) : chainMapNamed(*capture, map);
    return {std::move(capture), std::move(text), std::move(choice)};
}

Chain chainOf(const ChainArguments& arguments)
{
    if (arguments.files.size() == 1) {
        if (!arguments.textOfA.empty() || !arguments.textOfB.empty() || !arguments.mapOfA.empty() ||
            !arguments.mapOfB.empty())
            throw Error(ErrorKind::InvalidRequest,
                        "a chain file says which texts and maps it joins: give two captures to choose others");
        return openChain(readChain(arguments.files.front()));
    }
    const std::shared_ptr<const Capture> a = Capture::open(arguments.files[0]);
    const std::shared_ptr<const Capture> b = Capture::open(arguments.files[1]);
    std::vector<CapturedText> textsOfA =
        arguments.textOfA.empty() ? textsThatSpeak(*a) : textNamed(*a, textsToChooseOf(*a), arguments.textOfA);
    std::vector<CapturedText> textsOfB =
        arguments.textOfB.empty() ? textsThatLook(*b) : textNamed(*b, capturedTexts(*b), arguments.textOfB);
    const auto [inA, inB] = sharedText(textsOfA, textsOfB);
    return {endOf(a, std::move(textsOfA[inA]), arguments.mapOfA), endOf(b, std::move(textsOfB[inB]), arguments.mapOfB)};
}

std::int64_t patchNamed(const TokenAxis& axis, const std::string& text)
{
    const AxisSegment* patches = axis.patchSegment();
    if (!patches)
        throw Error(ErrorKind::InvalidRequest, "--patch: B's map looks at \"{}\", which has no patches", axis.id);
    int row = -1;
    int column = -1;
    const char* const last = text.data() + text.size();
    const auto [comma, badRow] = std::from_chars(text.data(), last, row);
    const bool hasColumn = badRow == std::errc() && comma != last && *comma == ',';
    const auto [end, badColumn] = std::from_chars(hasColumn ? comma + 1 : last, last, column);
    if (!hasColumn || badColumn != std::errc() || end != last || row < 0 || row >= patches->grid.rows || column < 0 ||
        column >= patches->grid.columns)
        throw Error(ErrorKind::InvalidRequest, "--patch {} is no ROW,COLUMN from 0,0 to {},{}", text,
                    patches->grid.rows - 1, patches->grid.columns - 1);
    return patches->begin + std::int64_t{row} * patches->grid.columns + column;
}

/// A token of B by its number in the table, or by its text where that is no number and one token has it.
std::size_t tokenNamed(const CapturedText& text, const std::string& name)
{
    std::size_t number = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failure == std::errc() && end == name.data() + name.size()) {
        if (number < text.tokens.size())
            return number;
        throw Error(ErrorKind::InvalidRequest, "--token {}: B's text has tokens 0 to {}", name, text.tokens.size() - 1);
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < text.tokens.size(); ++i)
        if (text.tokens[i].token == name || text.words(text.tokens[i].span) == name)
            found.push_back(i);
    if (found.empty())
        throw Error(ErrorKind::InvalidRequest, "--token: no token \"{}\" in \"{}\"", name, text.text);
    if (found.size() > 1)
        throw Error(ErrorKind::InvalidRequest, "--token: \"{}\" stands at {}; give one of these numbers", name,
                    fmt::join(found, ", "));
    return found.front();
}

ChainPlace placeOf(const Chain& chain, const ChainArguments& arguments)
{
    ChainPlace place;
    if (arguments.at) {
        place.keyOfA = positionAtSeconds(chain.a().keys(), *arguments.at);
        if (!place.keyOfA)
            throw Error(ErrorKind::InvalidRequest, "--at {}: A's map looks at \"{}\", which has no sound then",
                        *arguments.at, chain.a().keys().id);
    }
    if (!arguments.patch.empty())
        place.keyOfB = patchNamed(chain.b().keys(), arguments.patch);
    if (!arguments.token.empty())
        place.tokenOfB = tokenNamed(chain.b().text, arguments.token);
    return place;
}

int runChain(const ChainArguments& arguments)
{
    const std::optional<ExportFormat> format =
        arguments.figure.empty() ? std::nullopt : std::optional(exportFormatFor(arguments.figure));
    if (format && isNumbers(*format))
        throw Error(ErrorKind::InvalidRequest, "--figure writes .png, .svg or .pdf; --json prints the numbers");
    const Chain chain = chainOf(arguments);
    const ChainPlace place = placeOf(chain, arguments);
    if (format)
        writeExport(exporterOfFigure(figureOfChain(chain, place), *format, 1),
                    QString::fromStdString(arguments.figure));
    if (!arguments.out.empty())
        writeChain(documentOf(chain), arguments.out);
    if (arguments.json)
        fmt::print("{}\n", chainJson(chain, place).dump(2));
    else
        fmt::print("{}", chainText(chain, place));
    return kDone;
}

void declare(CLI::App& verb, ChainArguments& arguments)
{
    verb.add_option("files", arguments.files,
                    "Two captures that share a text, what was heard first: A.heed B.heed; or a chain (.heedchain)")
        ->required()
        ->expected(1, 2);
    verb.add_option("--a-text", arguments.textOfA,
                    "Input or output of A to join, where several could be; a recording of several windows by "
                    "its id is the text of all of them");
    verb.add_option("--b-text", arguments.textOfB, "The same of B");
    verb.add_option("--a-map", arguments.mapOfA,
                    "GROUP:LAYER:HEAD, GROUP:LAYER:mean or GROUP:alignment. Without it the map onto patches or sound: "
                    "the heads that tell when a token was spoken, or else the sharpest head");
    verb.add_option("--b-map", arguments.mapOfB, "The same of B");
    auto* place = verb.add_option_group("Place", "What is pointed at; without any the words alone are listed");
    place->add_option("--at", arguments.at, "A moment of A's sound, in seconds: what B looks at through its words");
    place->add_option("--patch", arguments.patch, "ROW,COLUMN of B's patches: which sound asked about it");
    place->add_option("--token", arguments.token, "A token of B by number or text: what it heard and looks at");
    place->require_option(0, 1);
    verb.add_option("--out", arguments.out, "Chain file to write (.heedchain)");
    verb.add_option("--figure", arguments.figure, "Picture to write (.png, .svg or .pdf)");
    verb.add_flag("--json", arguments.json, "Print JSON, all numbers in it");
    verb.footer("The composed map is the product along the chain, shared out anew (core/capture/CHAIN.md): neither "
                "model computed it.");
}

} // namespace

Verb chainVerb()
{
    return {"chain", "Join two captures through a text both have: from sound to words to patches",
            VerbApplication::Headless, [](CLI::App& verb) {
                const auto arguments = std::make_shared<ChainArguments>();
                declare(verb, *arguments);
                return [arguments] { return runChain(*arguments); };
            }};
}

} // namespace heedmap
