#include "widgets/image/sound_painter.h"

#include <gtest/gtest.h>
#include <QImage>
#include <QPainter>

#include <algorithm>

namespace heedmap {
namespace {

constexpr int kWidth = 400;

/// One curve over 100 positions, high from `begin` to `end`.
SoundScene sceneWithHill(int begin, int end)
{
    SoundScene scene;
    scene.positions = {0, 100, 0, 0.02};
    SoundScene::Curve curve{"cube", Qt::red, std::vector<float>(100, 0)};
    std::fill(curve.heights.begin() + begin, curve.heights.begin() + end, 1.0F);
    scene.curves.push_back(curve);
    return scene;
}

QImage painted(const SoundScene& scene)
{
    QImage image(kWidth, 60, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    const SoundInk ink{Qt::black, Qt::darkGray, Qt::white, Qt::blue, Qt::yellow};
    paintSoundCurves(painter, QRectF(image.rect()), {{0, 2}, {0, 2}, 0, kWidth}, scene, ink);
    return image;
}

/// The first and the last column in which the note makes a difference.
std::pair<int, int> columnsOfNote(SoundScene scene)
{
    const QImage without = painted(scene);
    scene.attentionNote = "composed";
    const QImage with = painted(scene);
    int first = kWidth;
    int last = -1;
    for (int x = 0; x < kWidth; ++x)
        for (int y = 0; y < with.height(); ++y)
            if (with.pixel(x, y) != without.pixel(x, y)) {
                first = std::min(first, x);
                last = x;
            }
    return {first, last};
}

TEST(SoundCurves, theNoteStandsWhereTheCurveDoesNot)
{
    const auto [first, last] = columnsOfNote(sceneWithHill(80, 100));
    EXPECT_LT(last, kWidth / 2) << "the hill is on the right";
    EXPECT_LT(first, last);
    EXPECT_GT(columnsOfNote(sceneWithHill(0, 20)).first, kWidth / 2) << "the hill is on the left";
    EXPECT_GT(columnsOfNote(sceneWithHill(40, 60)).first, kWidth / 2) << "in neither";
}

} // namespace
} // namespace heedmap
