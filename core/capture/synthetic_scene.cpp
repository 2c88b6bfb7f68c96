#include "core/capture/synthetic_scene.h"

#include "core/base/files.h"
#include "core/capture/synthetic_noise.h"
#include "core/media/png_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace heedmap {

namespace {

enum class Form
{
    Ball,
    Cube,
    Cone,
    Ring,
    Diamond,
    Cross
};

struct Thing
{
    const char* color;
    const char* noun;
    std::array<double, 3> rgb;
};

// One of each form, in the order of the enumeration: three columns of two rows.
constexpr std::array<Thing, 6> kThings = {{{"red", "ball", {214, 62, 52}},
                                           {"blue", "cube", {58, 104, 200}},
                                           {"green", "cone", {64, 160, 84}},
                                           {"yellow", "ring", {232, 190, 58}},
                                           {"purple", "diamond", {138, 84, 176}},
                                           {"orange", "cross", {232, 132, 50}}}};
constexpr int kThingColumns = 3;
constexpr int kThingRows = 2;

// Where * stands, a thing is named by two words.
constexpr std::string_view kSentences[] = {
    "look at this picture and say where the * is .",
    "is the * left of the * ?",
    "near the * lies a small * .",
    "the light falls from above on the * .",
    "behind the * nothing can be seen .",
    "between the * and the * there is some room .",
};

constexpr std::int64_t kMaxLeadWords = 35;
constexpr std::int64_t kMaxReplyWords = 64;
constexpr int kPatchPixels = 14;
constexpr int kMaxPictureSide = 2048; // smaller patches rather than a larger picture

PointF centreOf(std::size_t thing, int rows, int columns)
{
    const auto column = static_cast<double>(thing % kThingColumns);
    const auto row = static_cast<double>(thing / kThingColumns);
    return {(column + 0.5) * columns / kThingColumns, (row + 0.5) * rows / kThingRows};
}

/// Whether a point, measured from the thing's centre in its radii, belongs to it.
bool covers(Form form, double x, double y)
{
    switch (form) {
    case Form::Ball:
        return x * x + y * y < 1;
    case Form::Cube:
        return std::max(std::abs(x), std::abs(y)) < 0.85;
    case Form::Cone:
        return std::abs(y) < 0.9 && std::abs(x) < (y + 0.9) / 1.8;
    case Form::Ring:
        return x * x + y * y < 1 && x * x + y * y > 0.3;
    case Form::Diamond:
        return std::abs(x) + std::abs(y) < 1;
    case Form::Cross:
        return std::min(std::abs(x), std::abs(y)) < 0.3 && std::max(std::abs(x), std::abs(y)) < 0.95;
    }
    return false;
}

/// The colour at a place given in patches.
std::array<double, 3> colorAt(PointF place, int rows, int columns)
{
    const double radius = 0.32 * std::min(columns / double(kThingColumns), rows / double(kThingRows));
    for (std::size_t i = 0; i < kThings.size(); ++i) {
        const PointF centre = centreOf(i, rows, columns);
        const double x = (place.x - centre.x) / radius;
        const double y = (place.y - centre.y) / radius;
        if (!covers(static_cast<Form>(i), x, y))
            continue;
        const double light = 1 - 0.14 * (x + y);
        std::array<double, 3> rgb = kThings[i].rgb;
        for (double& channel : rgb)
            channel = std::clamp(channel * light, 0.0, 255.0);
        return rgb;
    }
    const double depth = place.y / rows;
    return {226 - 34 * depth, 230 - 46 * depth, 236 - 70 * depth};
}

int pixelsPerPatch(int rows, int columns)
{
    return std::clamp(kMaxPictureSide / std::max(rows, columns), 1, kPatchPixels);
}

Image drawPicture(int rows, int columns)
{
    const int pixels = pixelsPerPatch(rows, columns);
    Image image{columns * pixels, rows * pixels, {}};
    image.rgb.reserve(static_cast<std::size_t>(image.width) * image.height * 3);
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x)
            for (const double channel : colorAt({(x + 0.5) / pixels, (y + 0.5) / pixels}, rows, columns))
                image.rgb.push_back(static_cast<std::uint8_t>(std::lround(channel)));
    return image;
}

struct Word
{
    std::string text;
    std::optional<std::size_t> thing;
};

/// An endless text about the things.
class Words
{
public:
    explicit Words(std::uint64_t seed) : m_seed(seed) {}

    Word next()
    {
        if (!m_noun.text.empty())
            return std::exchange(m_noun, {});
        if (m_rest.empty())
            m_rest = kSentences[m_sentences++ % std::size(kSentences)];
        const std::string_view word = m_rest.substr(0, m_rest.find(' '));
        m_rest.remove_prefix(std::min(word.size() + 1, m_rest.size()));
        if (word != "*")
            return {std::string(word), std::nullopt};
        const std::size_t thing = mixedBits(m_seed, m_named++) % kThings.size();
        m_noun = {kThings[thing].noun, thing};
        return {kThings[thing].color, thing};
    }

private:
    std::uint64_t m_seed;
    std::size_t m_sentences = 0;
    std::size_t m_named = 0;
    std::string_view m_rest; ///< of the sentence that was begun
    Word m_noun;             ///< of the thing whose colour was the last word
};

class SceneMaker
{
public:
    SceneMaker(std::int64_t tokens, int rows, int columns, std::uint64_t seed)
        : m_tokens(tokens), m_rows(rows), m_columns(columns), m_seed(seed), m_words(seed)
    {}

    SyntheticScene make()
    {
        const std::int64_t patches = std::int64_t{m_rows} * m_columns;
        const std::int64_t words = m_tokens - patches - 1; // one is <s>
        const std::int64_t lead = std::clamp<std::int64_t>(words / 4, 1, kMaxLeadWords);
        const std::int64_t reply = std::clamp<std::int64_t>(words / 3, 1, kMaxReplyWords);
        m_scene.axis.id = "sequence";
        m_scene.prompt.id = "prompt";
        addPicture();
        addSpecial();
        addText(lead, m_scene.prompt.text, "prompt", "");
        addPatches();
        addText(words - lead - reply, m_scene.prompt.text, "prompt", "");
        addText(reply, m_scene.reply.text, "", "reply");
        addReply();
        return std::move(m_scene);
    }

private:
    void addPicture()
    {
        const Image image = drawPicture(m_rows, m_columns);
        m_scene.picture = pngFromImage(image);
        CaptureInput& input = m_scene.pictureInput;
        input.id = "picture";
        input.kind = InputKind::Image;
        input.mediaType = "image/png";
        input.name = "synthetic.png";
        input.sha256 = sha256Hex(m_scene.picture);
        input.byteCount = static_cast<std::int64_t>(m_scene.picture.size());
        input.width = image.width;
        input.height = image.height;
        input.tensor = "inputs/picture";
    }

    AxisSegment& addSegment(SegmentKind kind, std::int64_t length)
    {
        AxisSegment segment;
        segment.kind = kind;
        segment.begin = m_scene.axis.length;
        segment.length = length;
        m_scene.axis.length += length;
        return m_scene.axis.segments.emplace_back(std::move(segment));
    }

    void addSpecial()
    {
        addSegment(SegmentKind::Special, 1).tokens.push_back({"<s>", std::nullopt, std::nullopt, true});
        m_scene.places.emplace_back();
    }

    void addPatches()
    {
        AxisSegment& segment = addSegment(SegmentKind::PatchGrid, std::int64_t{m_rows} * m_columns);
        const double pixels = pixelsPerPatch(m_rows, m_columns);
        segment.input = "picture";
        segment.grid = {m_rows, m_columns, 1, {pixels, 0, 0, 0, pixels, 0}};
        for (int row = 0; row < m_rows; ++row)
            for (int column = 0; column < m_columns; ++column)
                m_scene.places.push_back(PointF{column + 0.5, row + 0.5});
    }

    void addText(std::int64_t count, std::string& text, const std::string& input, const std::string& output)
    {
        AxisSegment& segment = addSegment(SegmentKind::Text, count);
        segment.input = input;
        segment.output = output;
        for (std::int64_t i = 0; i < count; ++i) {
            const Word word = m_words.next();
            text += text.empty() ? "" : " ";
            const std::size_t begin = text.size(); // all of it is ASCII: bytes are code points
            text += word.text;
            segment.tokens.push_back({word.text, idOf(word.text), TextSpan{begin, text.size()}, false});
            m_scene.places.push_back(word.thing ? std::optional(centreOf(*word.thing, m_rows, m_columns))
                                                : std::nullopt);
        }
    }

    void addReply()
    {
        const AxisSegment& segment = m_scene.axis.segments.back();
        CaptureOutput& reply = m_scene.reply;
        reply.id = "reply";
        reply.pass = "sequence";
        reply.axis = "sequence";
        for (std::int64_t i = 0; i < segment.length; ++i) {
            const AxisToken& token = segment.tokens[static_cast<std::size_t>(i)];
            const std::int64_t row = segment.begin + i;
            reply.tokens.push_back({*token.id, token.text, token.span, logProbabilityAt(row), row - 1, row, {}});
        }
        reply.tokens.push_back(
            {idOf("</s>"), "</s>", std::nullopt, logProbabilityAt(segment.end()), segment.end() - 1, std::nullopt, {}});
    }

    double logProbabilityAt(std::int64_t row) const
    {
        const double uniform = static_cast<double>(mixedBits(m_seed + 1, row) >> 11) * 0x1p-53;
        return -0.01 - 2 * uniform * uniform;
    }

    std::int64_t idOf(const std::string& word)
    {
        return m_vocabulary.try_emplace(word, static_cast<std::int64_t>(m_vocabulary.size()) + 1).first->second;
    }

    std::int64_t m_tokens;
    int m_rows;
    int m_columns;
    std::uint64_t m_seed;
    Words m_words;
    std::map<std::string, std::int64_t> m_vocabulary;
    SyntheticScene m_scene;
};

} // namespace

SyntheticScene makeSyntheticScene(std::int64_t tokens, int rows, int columns, std::uint64_t seed)
{
    return SceneMaker(tokens, rows, columns, seed).make();
}

} // namespace heedmap
