#include "core/base/error.h"
#include "core/capture/chain_maps.h"
#include "core/render/token_colors.h"
#include "widgets/image/chain_figure.h"
#include "widgets/image/chain_words.h"
#include "widgets/image/kept_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <QFontMetricsF>

#include <algorithm>

namespace heedmap {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::shared_ptr<const Capture> captureNamed(const char* name)
{
    return Capture::open(std::filesystem::path(HEEDMAP_SOURCE_DIR "/tests/fixtures/capture") / name);
}

/// tests/fixtures/capture/make_chain.py: 25 positions of 0.04 s, six words, a grid of 3 × 4 patches behind a CLS.
Chain sampleChain()
{
    return chainBetween(captureNamed("chain_heard.heed"), captureNamed("chain_asked.heed"));
}

/// Pixels of a colour in a part of a picture.
int countOf(const QImage& image, const QColor& color, const QRect& part)
{
    int count = 0;
    const QRect area = part & image.rect();
    for (int y = area.top(); y <= area.bottom(); ++y)
        for (int x = area.left(); x <= area.right(); ++x)
            count += image.pixelColor(x, y) == color;
    return count;
}

TEST(ChainFigure, TellsByTheLongestWords)
{
    const CapturedText sentence{"question",
                                false,
                                "question",
                                "Is it a red cylinder, or a small blue cube?",
                                {{1, {0, 2}, "is"},
                                 {2, {3, 5}, "it"},
                                 {3, {6, 7}, "a"},
                                 {4, {8, 11}, "red"},
                                 {5, {12, 20}, "cylinder"},
                                 {6, {20, 21}, ","}}};
    ChainEnd heard{captureNamed("chain_asked.heed"), sentence, {0, {0}, std::nullopt}};
    EXPECT_EQ(tellingWords(Chain(heard, heard)), (std::vector<std::size_t>{0, 1, 2, 3, 4})) << "no comma";
    EXPECT_EQ(tellingWords(sampleChain()).size(), kMostChainWords);
}

TEST(ChainFigure, AWordHasOneColourOverSoundWordsAndPicture)
{
    const Chain chain = sampleChain();
    const Figure figure = figureOfChain(chain, {.tokenOfB = 2});
    const QImage image = imageFromFigure(figure);
    const QColor color = colorFromRgb(kTokenColors[0]);
    const int third = image.height() / 3;
    EXPECT_GT(countOf(image, color, {0, 0, image.width(), third}), 50) << "the curve";
    EXPECT_GT(countOf(image, color, {0, third / 2, image.width(), third}), 50) << "the word's frame";
    EXPECT_EQ(countOf(image, colorFromRgb(kTokenColors[1]), image.rect()), 0) << "no other word";
    EXPECT_THAT(figure.caption.join(u'\n').toStdString(), HasSubstr("composed"));
    EXPECT_THAT(figure.caption.join(u'\n').toStdString(), HasSubstr("“big”"));
}

TEST(ChainFigure, EveryPlaceIsDrawnInEveryFormat)
{
    const Chain chain = sampleChain();
    for (const ChainPlace& place : {ChainPlace{}, ChainPlace{.keyOfA = 7}, ChainPlace{.keyOfB = 5},
                                    ChainPlace{.tokenOfA = 4}, ChainPlace{.tokenOfB = 0}}) {
        const Figure figure = figureOfChain(chain, place);
        EXPECT_FALSE(imageFromFigure(figure).isNull());
        EXPECT_THAT(svgFromFigure(figure).toStdString(), HasSubstr("café")) << "live text";
        EXPECT_GT(pdfFromFigure(figure).size(), 1000);
    }
}

TEST(ChainFigure, WhatCannotBeDrawnSaysWhy)
{
    const Chain turned = chainBetween(captureNamed("chain_asked.heed"), captureNamed("chain_heard.heed"));
    EXPECT_THAT([&] { figureOfChain(turned); }, ThrowsMessage<Error>(HasSubstr("from sound to a picture")));
    EXPECT_THROW(figureOfChain(sampleChain(), {.keyOfA = 99}), Error);
}

TEST(ChainWords, WrapAndStayInside)
{
    const QFontMetricsF metrics(FigureStyle::defaultFont());
    std::vector<ChainWord> words(9);
    for (ChainWord& word : words)
        word.text = "somewhat";
    words[4].text = QString(400, 'x');
    const double height = layoutChainWords(words, 10, 300, metrics);
    for (std::size_t i = 0; i < words.size(); ++i) {
        EXPECT_GE(words[i].place.left(), 0);
        EXPECT_LE(words[i].place.right(), 300.001);
        EXPECT_LE(words[i].place.bottom(), 10.001 + height);
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_FALSE(words[i].place.intersects(words[j].place));
    }
}

} // namespace
} // namespace heedmap
