#include "widgets/image/chain_figure.h"

#include "core/base/error.h"
#include "core/capture/chain_maps.h"
#include "core/media/audio.h"
#include "core/render/token_colors.h"
#include "widgets/context/group_rows.h"
#include "widgets/context/sound_features.h"
#include "widgets/context/sound_windows.h"
#include "widgets/context/view_context.h"
#include "widgets/image/chain_words.h"
#include "widgets/image/kept_rows.h"
#include "widgets/image/picture_image.h"
#include "widgets/image/sound_painter.h"
#include "widgets/image/stage_figure.h"

#include <fmt/format.h>
#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <numeric>

namespace heedmap {

namespace {

constexpr int kSampleRate = 16'000;
constexpr double kRuler = 20;
constexpr double kWaveform = 56;
constexpr double kCurves = 92;
constexpr double kLinks = 34; ///< room for the lines between sound, words and picture
constexpr double kGap = 4;
constexpr double kLeastShare = 0.05; ///< of the strongest word's part: below it a word has no colour

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::ChainFigure", text);
}

/// The words that are told apart, and what lies over sound and picture.
struct ChainContent
{
    std::vector<std::size_t> words; ///< tokens of B, each with a colour: kTokenColors in this order
    std::vector<double> shares;     ///< of all tokens of B; empty: nothing is pointed at
    std::vector<float> composedSound;
    std::vector<float> composedPicture;
    std::vector<ChainReading> readings; ///< one for each of `words`
};

double letterCount(const std::string& text)
{
    const QString word = QString::fromStdString(text);
    return static_cast<double>(
        std::ranges::count_if(word, [](QChar character) { return character.isLetterOrNumber(); }));
}

/// The kMostChainWords joined tokens of B with the largest values, none below `least`, in the order of the text.
std::vector<std::size_t> strongestWords(const Chain& chain, const std::vector<double>& values, double least)
{
    std::vector<std::size_t> order;
    for (std::size_t token = 0; token < values.size(); ++token)
        if (chain.join().joinsB(token) && values[token] > 0 && values[token] >= least)
            order.push_back(token);
    std::ranges::stable_sort(order, std::greater<>(), [&values](std::size_t token) { return values[token]; });
    order.resize(std::min(order.size(), kMostChainWords));
    std::ranges::sort(order);
    return order;
}

ChainContent contentOf(const Chain& chain, const ChainPlace& place)
{
    ChainContent content;
    if (const std::optional<ChainReading> reading = chain.from(place)) {
        const double most = std::ranges::max(reading->tokensOfB);
        for (const double weight : reading->tokensOfB)
            content.shares.push_back(most > 0 ? weight / most : 0);
        if (!place.keyOfB)
            content.words = strongestWords(chain, content.shares, kLeastShare);
        if (place.keyOfA)
            content.composedPicture = reading->keysOfB;
        if (place.keyOfB)
            content.composedSound = reading->keysOfA;
    } else {
        content.words = tellingWords(chain);
    }
    for (const std::size_t word : content.words)
        content.readings.push_back(chain.fromTokenOfB(word));
    return content;
}

QColor colorOfWord(std::size_t index)
{
    return colorFromRgb(kTokenColors[index]);
}

std::shared_ptr<const Recording> embeddedRecording(const Capture& capture, const AxisSegment& sound)
{
    const CaptureInput* input = capture.manifest().input(sound.input);
    const std::vector<std::byte> bytes = input ? capture.inputBytes(*input) : std::vector<std::byte>();
    if (bytes.empty())
        return nullptr;
    const auto recording = std::make_shared<Recording>();
    recording->name = QString::fromStdString(input->name);
    recording->sha256 = input->sha256;
    recording->sound = decodeAudio(bytes, input->name, kSampleRate);
    return recording;
}

/// A row over the keys of all windows: a curve for each of them that it has a part in.
void addCurve(SoundScene& scene, const std::vector<SoundPositions>& windows, const std::vector<float>& row,
              const QColor& color)
{
    for (const SoundPositions& positions : windows) {
        const auto first = row.begin() + positions.first;
        std::vector<float> heights(first, first + positions.count);
        if (windows.size() == 1 || std::ranges::any_of(heights, [](float height) { return height != 0; }))
            scene.curves.push_back({{}, color, std::move(heights), positions});
    }
}

/// Curves over the sound, all in parts of the strongest of them.
void addCurves(SoundScene& scene, const std::vector<SoundPositions>& windows, const ChainContent& content)
{
    float most = 0;
    if (!content.composedSound.empty())
        addCurve(scene, windows, content.composedSound, FigureStyle().ink);
    for (std::size_t i = 0; i < content.words.size() && content.composedSound.empty(); ++i)
        addCurve(scene, windows, content.readings[i].keysOfA, colorOfWord(i));
    for (const SoundScene::Curve& curve : scene.curves)
        for (const float height : curve.heights)
            most = std::max(most, height);
    for (SoundScene::Curve& curve : scene.curves)
        for (float& height : curve.heights)
            height = most > 0 ? height / most : 0;
    scene.attentionNote = tr("up to %1 of a word's attention").arg(static_cast<double>(most), 0, 'g', 2);
    if (!content.composedSound.empty())
        scene.attentionNote = tr("composed: up to %1").arg(static_cast<double>(most), 0, 'g', 2);
}

SoundScene soundOf(const Chain& chain, const ChainPlace& place, const ChainContent& content)
{
    const ChainEnd& end = chain.a();
    const AxisSegment* sound = soundSegment(end.keys());
    if (!sound)
        throw Error(ErrorKind::InvalidRequest,
                    "a chain is drawn from sound to a picture, but A's map looks "
                    "at \"{}\"; choose another --a-map, or "
                    "look at the numbers",
                    end.keys().id);
    SoundScene scene;
    const std::vector<SoundPositions> windows = SoundPositions::allOf(end.keys());
    scene.positions = windows.front();
    scene.whole = windows.front().span();
    for (const SoundPositions& positions : windows)
        scene.whole = {std::min(scene.whole.start, positions.span().start),
                       std::max(scene.whole.end, positions.span().end)};
    scene.recordingEnd = std::min(recordingEnd(*end.capture), scene.whole.end);
    if (scene.recordingEnd > scene.whole.start) // silence behind the end was heard too, but says little
        scene.whole.end = std::min(scene.whole.end, scene.recordingEnd + 0.25);
    scene.recording = embeddedRecording(*end.capture, *sound);
    if (scene.recording)
        scene.envelope = std::make_shared<const SoundEnvelope>(envelopeOf(scene.recording->sound));
    else
        scene.noWaveform = tr("the recording is not in the capture");
    addCurves(scene, windows, content);
    if (place.keyOfA)
        if (const auto seconds = secondsOfPosition(end.keys(), *place.keyOfA))
            scene.moment = TimeSpan{seconds->first, seconds->second};
    return scene;
}

std::optional<double> loudestSecond(const TokenAxis& keys, const SoundScene& scene, const ChainReading& reading)
{
    std::optional<double> loudest;
    float most = 0;
    for (const SoundPositions& positions : SoundPositions::allOf(keys))
        for (std::int64_t key = positions.first; key < positions.first + positions.count; ++key)
            if (const float weight = reading.keysOfA[static_cast<std::size_t>(key)]; weight > most) {
                most = weight;
                loudest = positions.spanOf(key).middle();
            }
    return loudest && scene.whole.contains(*loudest) ? loudest : std::nullopt;
}

ValueScale scaleFor(const TokenAxis& keys, const std::vector<const std::vector<float>*>& rows)
{
    std::vector<std::span<const float>> runs;
    for (const std::vector<float>* row : rows)
        appendWeightRuns(keys, *row, false, runs);
    ValueScale scale;
    scale.keyCount = static_cast<double>(keys.length);
    return fittedTo(scale, std::make_shared<const WeightSample>(sampleOf(runs)));
}

QString timeOf(const std::optional<double>& seconds)
{
    return seconds ? tr("heard at %1 s").arg(*seconds, 0, 'f', 2) : QString();
}

StageFigure stageOf(const Chain& chain, const ChainPlace& place, const ChainContent& content, const SoundScene& sound)
{
    const TokenAxis& keys = chain.b().keys();
    if (!keys.patchSegment())
        throw Error(ErrorKind::InvalidRequest,
                    "a chain is drawn from sound to a picture, but B's map looks "
                    "at \"{}\"; choose another --b-map, or "
                    "look at the numbers",
                    keys.id);
    StageFigure stage;
    stage.scene.picture = embeddedPicture(*chain.b().capture);
    const CaptureInput* input = pictureInput(*chain.b().capture);
    stage.scene.pictureSize = !stage.scene.picture.isNull() ? QSizeF(stage.scene.picture.size())
                              : input                       ? QSizeF(input->width, input->height)
                                                            : QSizeF(1, 1);
    HeatStyle style;
    style.colorMap = &colorMaps().front();
    style.opacityFollowsValue = !stage.scene.picture.isNull();
    if (!content.composedPicture.empty()) {
        stage.scale = style.scale = scaleFor(keys, {&content.composedPicture});
        stage.colors = style.colorMap;
        stage.scene.layers = heatLayers(keys, content.composedPicture, style);
        stage.offPicture = massOffPatches(keys, content.composedPicture);
        return stage;
    }
    std::vector<const std::vector<float>*> all;
    std::vector<std::vector<float>> rows;
    std::vector<Rgb> colors;
    for (std::size_t i = 0; i < content.words.size(); ++i) {
        const ChainReading& reading = content.readings[i];
        all.push_back(&reading.keysOfB);
        rows.push_back(reading.keysOfB);
        colors.push_back(kTokenColors[i]);
        const std::string word = chain.b().text.words(chain.b().text.tokens[content.words[i]].span);
        stage.tokens.push_back(
            {QString::fromStdString(word), colorOfWord(i), timeOf(loudestSecond(chain.a().keys(), sound, reading))});
    }
    if (!rows.empty()) {
        stage.scale = style.scale = scaleFor(keys, all);
        stage.scene.layers = blendedHeatLayers(keys, rows, colors, style);
    }
    if (place.keyOfB)
        if (const std::optional<RectF> patch = patchRect(keys, *place.keyOfB))
            stage.marks.push_back(rectFromRectF(*patch));
    return stage;
}

/// Where a word looks most, on the picture.
std::optional<QPointF> strongestPlace(const TokenAxis& keys, const std::vector<float>& row)
{
    std::optional<std::int64_t> best;
    for (const AxisSegment* segment : patchSegments(keys))
        for (std::int64_t key = segment->begin; key < segment->end(); ++key)
            if (!best || row[static_cast<std::size_t>(key)] > row[static_cast<std::size_t>(*best)])
                best = key;
    const std::optional<RectF> rect = best ? patchRect(keys, *best) : std::nullopt;
    return rect ? std::optional(rectFromRectF(*rect).center()) : std::nullopt;
}

std::vector<ChainWord> wordsOf(const Chain& chain, const ChainContent& content)
{
    std::vector<ChainWord> words;
    for (std::size_t token = 0; token < chain.b().text.tokens.size(); ++token) {
        ChainWord word;
        word.text = QString::fromStdString(chain.b().text.words(chain.b().text.tokens[token].span)).trimmed();
        word.isJoined = chain.join().joinsB(token);
        if (!content.shares.empty())
            word.share = content.shares[token];
        words.push_back(std::move(word));
    }
    for (std::size_t i = 0; i < content.words.size(); ++i)
        words[content.words[i]].color = colorOfWord(i);
    return words;
}

QString placeText(const Chain& chain, const ChainPlace& place)
{
    const auto word = [](const CapturedText& text, std::size_t token) {
        return QString::fromStdString(text.words(text.tokens[token].span));
    };
    if (place.keyOfA)
        return tr("at %1 of the sound").arg(QString::fromStdString(chain.a().keys().label(*place.keyOfA)));
    if (place.keyOfB)
        return tr("from the patch in %1").arg(QString::fromStdString(chain.b().keys().label(*place.keyOfB)));
    if (place.tokenOfA)
        return tr("of “%1”").arg(word(chain.a().text, *place.tokenOfA));
    if (place.tokenOfB)
        return tr("of “%1”").arg(word(chain.b().text, *place.tokenOfB));
    return tr("coloured: the longest words");
}

QString endText(const ChainEnd& end)
{
    const QString windows = end.windows.size() > 1 ? tr(" in each of %1 windows").arg(end.windows.size()) : QString();
    return tr("%1: %2%3; %4")
        .arg(QString::fromStdString(end.capture->manifest().model.name),
             QString::fromStdString(chainMapLabel(*end.capture, end.map)), windows,
             end.text.isOutput ? tr("rows that predicted the tokens") : tr("rows of the tokens"));
}

QStringList captionOf(const Chain& chain, const ChainPlace& place)
{
    return {tr("“%1”, from sound to picture: composed, %2")
                .arg(QString::fromStdString(chain.b().text.text).trimmed(), placeText(chain, place)),
            endText(chain.a()), endText(chain.b()), QString::fromStdString(Chain::formula(place)),
            tr("J: characters that tokens share, columns sum to one; heights and opacities by the strongest shown")};
}

/// Everything at its place; painted as often as wanted.
struct ChainLayout
{
    SoundScene sound;
    TimeAxis time;
    QRectF ruler;
    QRectF waveform;
    QRectF curves;
    std::vector<ChainWord> words;
    Figure stage;
    double stageTop = 0;
};

void paintChain(QPainter& painter, const ChainLayout& layout, const FigureStyle& style)
{
    const SoundInk ink = SoundInk::fromStyle(style);
    paintRuler(painter, layout.ruler, layout.time, ink);
    paintWaveform(painter, layout.waveform, layout.time, layout.sound, ink);
    paintSoundCurves(painter, layout.curves, layout.time, layout.sound, ink);
    if (layout.sound.moment) {
        const double left = layout.time.x(layout.sound.moment->start);
        QColor mark = ViewContext::markColor();
        mark.setAlphaF(0.45F);
        painter.fillRect(QRectF(left, layout.waveform.top(), layout.time.x(layout.sound.moment->end) - left,
                                layout.curves.bottom() - layout.waveform.top()),
                         mark);
    }
    painter.save();
    painter.translate(0, layout.stageTop);
    layout.stage.paint(painter, style);
    painter.restore();
    paintChainLinks(painter, layout.words, layout.curves.bottom());
    paintChainWords(painter, layout.words, style);
}

/// Where figureOfStage puts a picture without labels at its sides.
QTransform pictureTransform(const StageFigure& stage, int pictureWidth)
{
    const double shape = stage.scene.pictureSize.height() / std::max(1.0, stage.scene.pictureSize.width());
    return fittingTransform(stage.scene.pictureSize, QRectF(0, 0, pictureWidth, std::round(pictureWidth * shape)));
}

} // namespace

std::vector<std::size_t> tellingWords(const Chain& chain)
{
    std::vector<double> letters;
    for (std::size_t token = 0; token < chain.join().tokensOfB(); ++token)
        letters.push_back(letterCount(chain.b().text.words(chain.b().text.tokens[token].span)));
    return strongestWords(chain, letters, 1);
}

Figure figureOfChain(const Chain& chain, const ChainPlace& place, int pictureWidth)
{
    const ChainContent content = contentOf(chain, place);
    ChainLayout layout;
    layout.sound = soundOf(chain, place, content);
    StageFigure stage = stageOf(chain, place, content, layout.sound);
    const QTransform onPicture = pictureTransform(stage, pictureWidth);
    layout.words = wordsOf(chain, content);
    layout.stage = figureOfStage(std::move(stage), pictureWidth);
    const double width = layout.stage.size.width();
    layout.ruler = QRectF(0, 0, width, kRuler);
    layout.waveform = QRectF(0, layout.ruler.bottom(), width, kWaveform);
    layout.curves = QRectF(0, layout.waveform.bottom() + kGap, width, kCurves);
    layout.time = TimeAxis(layout.sound.whole, layout.sound.whole, 0, width);
    const double wordsTop = layout.curves.bottom() + kLinks;
    layout.stageTop =
        wordsTop + kLinks + layoutChainWords(layout.words, wordsTop, width, QFontMetricsF(FigureStyle::defaultFont()));
    for (std::size_t i = 0; i < content.words.size(); ++i) {
        ChainWord& word = layout.words[content.words[i]];
        if (const std::optional<double> seconds = loudestSecond(chain.a().keys(), layout.sound, content.readings[i]))
            word.soundX = layout.time.x(*seconds);
        if (const auto patch = strongestPlace(chain.b().keys(), content.readings[i].keysOfB);
            patch && content.composedPicture.empty())
            word.patch = onPicture.map(*patch) + QPointF(0, layout.stageTop);
    }
    Figure figure;
    figure.caption = captionOf(chain, place);
    figure.title = figure.caption.front();
    figure.size = QSizeF(width, layout.stageTop + layout.stage.size.height());
    figure.paint = [layout = std::move(layout)](QPainter& painter, const FigureStyle& style) {
        paintChain(painter, layout, style);
    };
    return figure;
}

} // namespace heedmap
