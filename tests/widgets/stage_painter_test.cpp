#include "core/base/error.h"
#include "core/render/color_map.h"
#include "tests/widgets/painted_capture.h"
#include "widgets/image/map_figure.h"
#include "widgets/image/picture_image.h"
#include "widgets/image/stage_painter.h"

#include <gtest/gtest.h>
#include <QTransform>

namespace heedmap {
namespace {

using namespace test;

/// Tolerance of the pixel tests here: a colour channel may be off by 2 of 255 (blending rounds), and pixels less than
/// 1.5 device pixels from a patch's edge are not looked at (an edge may fall between two pixels).
constexpr int kChannelTolerance = 2;
constexpr double kEdgePixels = 1.5;

bool near(const QColor& a, const QColor& b)
{
    return std::abs(a.red() - b.red()) <= kChannelTolerance && std::abs(a.green() - b.green()) <= kChannelTolerance &&
           std::abs(a.blue() - b.blue()) <= kChannelTolerance;
}

TokenAxis gridAxis(int rows, int columns, const Affine& pictureFromGrid)
{
    AxisSegment patches;
    patches.kind = SegmentKind::PatchGrid;
    patches.length = rows * columns;
    patches.grid = {rows, columns, 1, pictureFromGrid};
    return {"grid", patches.length, {patches}};
}

HeatStyle fullStyle()
{
    HeatStyle style;
    style.colorMap = &colorMapByName("viridis");
    style.scale.timesUniform = false;
    style.scale.curve = ValueCurve::Linear;
    style.scale.low = 0;
    style.scale.high = 1;
    style.opacity = 1;
    return style;
}

/// Paints a row with 1 at one patch onto a plain picture and looks at every pixel.
void expectOnlyPatchColored(int rows, int columns, const Affine& pictureFromGrid, QSize picture, int patch,
                            const QTransform& view, QSize device)
{
    const TokenAxis axis = gridAxis(rows, columns, pictureFromGrid);
    std::vector<float> row(static_cast<std::size_t>(rows * columns), 0);
    row[static_cast<std::size_t>(patch)] = 1;
    StageScene scene;
    scene.picture = QImage(picture, QImage::Format_RGB888);
    scene.picture.fill(kPictureColor);
    scene.pictureSize = picture;
    scene.layers = heatLayers(axis, row, fullStyle());
    QImage image(device, QImage::Format_RGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    paintStage(painter, scene, view);
    painter.end();

    const Rgb top = fullStyle().colorMap->colors.back();
    const QRectF pictureArea = view.mapRect(QRectF(QPointF(0, 0), QSizeF(picture)));
    const QRectF patchArea =
        view.mapRect(rectFromRectF(axis.segments[0].grid.pictureRectFromPatch(patch))) & pictureArea;
    const auto grown = [](const QRectF& rect, double by) { return rect.adjusted(-by, -by, by, by); };
    int colored = 0;
    for (int y = 0; y < device.height(); ++y)
        for (int x = 0; x < device.width(); ++x) {
            const QPointF centre(x + 0.5, y + 0.5);
            const bool inside = grown(patchArea, -kEdgePixels).contains(centre);
            const bool outside = !grown(patchArea, kEdgePixels).contains(centre);
            const QColor color = image.pixelColor(x, y);
            if (inside) {
                ++colored;
                ASSERT_TRUE(near(color, QColor(top.r, top.g, top.b)))
                    << x << ',' << y << ' ' << color.name().toStdString();
            } else if (outside && grown(pictureArea, -kEdgePixels).contains(centre)) {
                ASSERT_TRUE(near(color, kPictureColor)) << x << ',' << y << ' ' << color.name().toStdString();
            } else if (!grown(pictureArea, kEdgePixels).contains(centre)) {
                ASSERT_TRUE(near(color, Qt::black)) << x << ',' << y;
            }
        }
    EXPECT_GT(colored, 0);
}

TEST(StagePainter, colorsThePatchAndNothingElse)
{
    const QTransform fitted = fittingTransform(QSizeF(60, 40), QRectF(0, 0, 300, 260));
    for (int patch : {0, 5, 8, 23})
        expectOnlyPatchColored(4, 6, Affine{10, 0, 0, 0, 10, 0}, QSize(60, 40), patch, fitted, QSize(300, 260));
}

TEST(StagePainter, keepsPlacesUnderZoomPanAndOddScales)
{
    const QTransform moved = QTransform(3.37, 0, 0, 3.37, -41.5, 17.25);
    expectOnlyPatchColored(4, 6, Affine{10, 0, 0, 0, 10, 0}, QSize(60, 40), 14, moved, QSize(257, 201));
    expectOnlyPatchColored(3, 7, Affine{9.31, 0, 0, 0, 13.4, 0}, QSize(65, 40), 10, moved, QSize(257, 201));
}

/// A centre crop leaves part of the picture without patches; padding has patches beyond the picture.
TEST(StagePainter, followsCropAndPadding)
{
    const QTransform fitted = fittingTransform(QSizeF(80, 40), QRectF(10, 10, 320, 160));
    expectOnlyPatchColored(4, 4, Affine{10, 0, 20, 0, 10, 0}, QSize(80, 40), 6, fitted, QSize(340, 180));
    expectOnlyPatchColored(8, 8, Affine{10, 0, 0, 0, 10, -20}, QSize(80, 40), 17, fitted, QSize(340, 180));
}

TEST(StagePainter, interpolationKeepsThePeakInItsPatch)
{
    const TokenAxis axis = gridAxis(4, 6, Affine{10, 0, 0, 0, 10, 0});
    std::vector<float> row(24, 0);
    row[9] = 1; // row 1, column 3
    HeatStyle style = fullStyle();
    style.samplesPerPatch = 12;
    StageScene scene{{}, QSizeF(60, 40), heatLayers(axis, row, style)};
    QImage image(60, 40, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paintStage(painter, scene, QTransform());
    painter.end();
    EXPECT_GT(qAlpha(image.pixel(35, 15)), 215); // the patch's centre
    EXPECT_GT(qAlpha(image.pixel(30, 15)), 100); // half way to its neighbour
    EXPECT_LT(qAlpha(image.pixel(30, 15)), 155);
    EXPECT_EQ(qAlpha(image.pixel(15, 15)), 0); // two patches away
    EXPECT_EQ(qAlpha(image.pixel(35, 35)), 0);
}

TEST(StagePainter, fittingKeepsTheShapeAndCentres)
{
    const QTransform wide = fittingTransform(QSizeF(200, 100), QRectF(0, 0, 100, 100));
    EXPECT_EQ(wide.mapRect(QRectF(0, 0, 200, 100)), QRectF(0, 25, 100, 50));
    const QTransform tall = fittingTransform(QSizeF(10, 40), QRectF(20, 0, 100, 80));
    EXPECT_EQ(tall.mapRect(QRectF(0, 0, 10, 40)), QRectF(60, 0, 20, 80));
}

/// One patch grid for each row of patches, line breaks between them: all of them are drawn, the breaks are not.
TEST(StagePainter, drawsEveryGridOfAPicture)
{
    TokenAxis axis{"sequence", 5, {}};
    for (int line = 0; line < 2; ++line) {
        AxisSegment patches;
        patches.kind = SegmentKind::PatchGrid;
        patches.begin = line * 3;
        patches.length = 2;
        patches.grid = {1, 2, 1, Affine{10, 0, 0, 0, 10, line * 10.0}};
        axis.segments.push_back(patches);
        if (line == 0) {
            AxisSegment lineBreak;
            lineBreak.kind = SegmentKind::Special;
            lineBreak.begin = 2;
            lineBreak.length = 1;
            axis.segments.push_back(lineBreak);
        }
    }
    const std::vector<HeatLayer> layers = heatLayers(axis, std::vector<float>{0, 0, 1, 0, 1}, fullStyle());
    ASSERT_EQ(layers.size(), 2u);
    QImage image(20, 20, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paintStage(painter, {{}, QSizeF(20, 20), layers}, QTransform());
    painter.end();
    EXPECT_EQ(qAlpha(image.pixel(5, 5)), 0);
    EXPECT_EQ(qAlpha(image.pixel(15, 5)), 0); // the line break's weight is nowhere
    EXPECT_EQ(qAlpha(image.pixel(5, 15)), 0);
    EXPECT_EQ(qAlpha(image.pixel(15, 15)), 255);
}

QImage imageOfMap(const Capture& capture, const MapChoice& map, std::int64_t query, const RenderOptions& options = {})
{
    return imageFromFigure(figureOfMap(capture, map, {query}, options));
}

TEST(MapFigure, coloursThePaintedPatch)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    RenderOptions options;
    options.pictureWidth = 600; // ten device pixels to a picture pixel
    options.opacity = 1;
    const QImage figure = imageOfMap(*capture, {siteOf(*capture, "question_picture", 1), {2}, {}}, kBallToken, options);
    const int patch = paintedPatch({}, 1, 2, kBallToken);
    const auto patchCentre = [](int index) { return QPoint(16 + (index % 6) * 100 + 50, 16 + (index / 6) * 100 + 50); };
    const Rgb top = colorMapByName("viridis").colors.back();
    EXPECT_TRUE(near(figure.pixelColor(patchCentre(patch)), QColor(top.r, top.g, top.b)));
    for (int other = 0; other < 24; ++other)
        if (other != patch) {
            EXPECT_FALSE(near(figure.pixelColor(patchCentre(other)), QColor(top.r, top.g, top.b))) << other;
        }
}

TEST(MapFigure, drawsMapsWithoutAPictureAsBars)
{
    const QTemporaryDir folder;
    const auto capture = makePlainCapture(folder);
    const QImage figure = imageOfMap(*capture, {0, {0}, {}}, 0);
    EXPECT_GT(figure.width(), 300);
    EXPECT_GT(figure.height(), 60);
}

TEST(MapFigure, refusesHeadsQueriesAndSizesThatDoNotExist)
{
    const QTemporaryDir folder;
    const auto capture = makeCapture(folder);
    EXPECT_THROW(imageOfMap(*capture, {0, {99}, {}}, 0), Error);
    EXPECT_THROW(imageOfMap(*capture, {0, {0}, {}}, kQuestionLength), Error);
    EXPECT_THROW(imageOfMap(*capture, {0, {0}, {}}, -1), Error);
    RenderOptions huge;
    huge.pictureWidth = 1'000'000;
    EXPECT_THROW(imageOfMap(*capture, {0, {0}, {}}, 0, huge), Error);
    RenderOptions unknown;
    unknown.colorMap = "jet";
    EXPECT_THROW(imageOfMap(*capture, {0, {0}, {}}, 0, unknown), Error);
}

} // namespace
} // namespace heedmap
