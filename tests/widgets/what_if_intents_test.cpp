#include "tests/widgets/painted_capture.h"
#include "widgets/context/what_if_intents.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/controls/token_strip.h"
#include "widgets/image/picture_image.h"
#include "widgets/image/stage_painter.h"
#include "widgets/views/stage_view.h"
#include "widgets/views/tokens_view.h"
#include "widgets/views/what_if_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QContextMenuEvent>
#include <QMenu>
#include <QScrollBar>

namespace heedmap {
namespace {

using namespace test;

/// What views ask for, with nobody there who would do it.
class Intents : public testing::Test
{
protected:
    Intents()
    {
        QObject::connect(&m_context.whatIf(), &WhatIfModel::changeRequested,
                         [this](const std::vector<Intervention>& list, const QString& text) {
                             m_asked = list;
                             m_text = text;
                         });
        show(makeCapture(m_folder));
    }

    void show(const std::shared_ptr<const Capture>& capture)
    {
        m_capture = capture;
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, initialSelection(*capture));
    }
    /// As if what was asked for had been done.
    void carryOut(const std::optional<WhatIfIntent>& intent)
    {
        ASSERT_TRUE(intent);
        intent->carryOut();
        m_context.whatIf().setState({*m_asked, nullptr, false});
    }
    SiteHead head(int layer, int head) const { return {siteOf(*m_capture, "question_picture", layer), {head}}; }
    std::optional<WhatIfIntent> mute(const std::vector<SiteHead>& heads)
    {
        return WhatIfIntent::muteHeads(m_context, heads);
    }
    std::optional<WhatIfIntent> hide(const std::string& axis, const std::vector<std::int64_t>& positions)
    {
        return WhatIfIntent::hideKeys(m_context, axis, positions);
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    std::shared_ptr<const Capture> m_capture;
    std::optional<std::vector<Intervention>> m_asked;
    QString m_text;
};

TEST_F(Intents, aHeadIsMutedAndSpeaksAgain)
{
    const auto first = mute({head(1, 2)});
    EXPECT_EQ(first->title(), QString("Mute L1 · H2 and run again"));
    carryOut(first);
    EXPECT_EQ(*m_asked, (std::vector<Intervention>{MuteHead{"question_picture.layer.1", 2}}));
    EXPECT_EQ(m_text, QString("mute L1 · H2 of question → picture"));
    const auto second = mute({head(1, 2)});
    EXPECT_TRUE(second->title().contains("speak again")) << second->title().toStdString();
    carryOut(second);
    EXPECT_TRUE(m_asked->empty());
}

TEST_F(Intents, severalHeadsAreMutedTogetherWithoutTheirMean)
{
    carryOut(mute({head(0, 0)}));
    const auto several = mute({head(0, 0), head(1, 1), head(1, HeadChoice::kMean)});
    EXPECT_EQ(several->title(), QString("Mute 2 heads and run again"));
    carryOut(several);
    EXPECT_EQ(m_asked->size(), 2u) << "none is muted twice";
    EXPECT_FALSE(mute({head(1, HeadChoice::kMean)}));
}

TEST_F(Intents, onlyWhatIsLookedAtCanBeHidden)
{
    EXPECT_TRUE(hide("picture", {4}));
    EXPECT_TRUE(hide("question", {kBallToken}));
    EXPECT_FALSE(hide("answer", {0})) << "no site looks at the answer";
    EXPECT_FALSE(hide("picture", {}));
    EXPECT_TRUE(hide("picture", {4, 5, 6})->title().contains("3 patches"));
    carryOut(hide("question", {kBallToken}));
    EXPECT_EQ(m_text, QString("hide “ball” of question"));
}

TEST_F(Intents, withoutACaptureThereIsNothingToChange)
{
    const std::vector<SiteHead> heads{head(0, 0)};
    m_context.selection().setCapture(nullptr, {});
    EXPECT_FALSE(mute(heads));
    EXPECT_FALSE(hide("picture", {1}));
}

TEST_F(Intents, theMenuOfAPlaceAlsoHasWhatItsViewOffers)
{
    StageView stage(m_context);
    stage.resize(500, 400);
    stage.show();
    QAction offered("Export");
    stage.addAction(&offered);
    stage.setContextMenuPolicy(Qt::ActionsContextMenu);
    StageCanvas& canvas = stage.canvas();
    const QPoint place = canvas.deviceFromPicture().map(QPointF(15, 5)).toPoint(); // the second patch
    QContextMenuEvent event(QContextMenuEvent::Mouse, place, canvas.mapToGlobal(place));
    QApplication::sendEvent(&canvas, &event);
    auto* menu = dynamic_cast<QMenu*>(QApplication::activePopupWidget());
    ASSERT_NE(menu, nullptr);
    EXPECT_TRUE(menu->actions().contains(&offered));
    menu->actions().front()->trigger();
    menu->close();
    EXPECT_EQ(*m_asked, (std::vector<Intervention>{HideKeys{"picture", {1 + 1}}}));
}

TEST_F(Intents, hiddenPatchesAreHatchedAndTheOthersAreNot)
{
    const TokenAxis& picture = m_capture->manifest().axis("picture");
    const std::vector<QRectF> hidden = hiddenPatches(picture, {HideKeys{"picture", {0, 1 + 7}}});
    ASSERT_EQ(hidden.size(), 1u) << "CLS is nowhere on the picture";
    EXPECT_EQ(hidden[0], QRectF(10, 10, 10, 10)); // row 1, column 1 of patches of 10 × 10
    StageScene scene{embeddedPicture(*m_capture), QSizeF(60, 40), {}};
    scene.hidden = hidden;
    QImage image(600, 400, QImage::Format_RGB32);
    QPainter painter(&image);
    paintStage(painter, scene, QTransform::fromScale(10, 10));
    painter.end();
    int light = 0;
    int dark = 0;
    for (int i = 100; i < 200; ++i) {
        const int brightness = image.pixelColor(i, 150).lightness();
        light += brightness > 150 ? 1 : 0;
        dark += brightness < 70 ? 1 : 0;
    }
    EXPECT_GE(light, 10) << "a line every eight pixels";
    EXPECT_GE(dark, 60);
    for (const QPoint& outside : {QPoint(95, 150), QPoint(205, 150), QPoint(150, 95), QPoint(150, 205)})
        EXPECT_EQ(image.pixelColor(outside), kPictureColor);
}

TEST_F(Intents, thePanelSaysWhenItsListHasNotBeenRun)
{
    WhatIfView view(m_context);
    view.show();
    EXPECT_TRUE(view.statement().contains("Mute a head")) << view.statement().toStdString();
    EXPECT_FALSE(view.runButton().isVisible());
    m_context.whatIf().setState({{MuteHead{"question_picture.layer.1", 2}}, nullptr, true});
    EXPECT_TRUE(view.statement().contains("Running"));
    m_context.whatIf().setState({{MuteHead{"question_picture.layer.1", 2}}, nullptr, false});
    EXPECT_TRUE(view.statement().contains("not been run")) << view.statement().toStdString();
    EXPECT_TRUE(view.runButton().isVisible());
    bool asked = false;
    QObject::connect(&m_context.whatIf(), &WhatIfModel::runRequested, [&] { asked = true; });
    view.runButton().click();
    EXPECT_TRUE(asked);
}

TEST_F(Intents, aTokenKeptElsewhereComesIntoSight)
{
    show(makeCaption(m_folder, 60));
    TokensView tokens(m_context);
    tokens.resize(320, 200);
    tokens.show();
    QApplication::processEvents();
    ASSERT_GT(tokens.strip().verticalScrollBar()->maximum(), 0);
    m_context.selection().keepQuery({"caption0", 58});
    for (const TokenChip* chip : tokens.strip().chips())
        if (chip->isKept()) {
            EXPECT_TRUE(tokens.strip().viewport()->rect().contains(
                chip->mapTo(tokens.strip().viewport(), chip->rect().center())));
        }
    EXPECT_GT(tokens.strip().verticalScrollBar()->value(), 0);
}

} // namespace
} // namespace heedmap
