#include "widgets/controls/display_combos.h"

#include <QCoreApplication>
#include <QIcon>
#include <QPixmap>
#include <QSignalBlocker>

#include <algorithm>
#include <functional>
#include <iterator>

namespace heedmap {

namespace {

constexpr ValueCurve kCurves[] = {ValueCurve::Logarithmic, ValueCurve::Linear, ValueCurve::Percentile}; // as listed

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::DisplayCombos", text);
}

/// Keeps a combo box and one aspect of the display options equal.
void bind(QComboBox* combo, ViewContext& context, std::function<int(const DisplayOptions&)> indexOf,
          std::function<void(DisplayOptions&, int)> apply)
{
    auto refresh = [combo, &context, indexOf] {
        const QSignalBlocker blocker(combo);
        combo->setCurrentIndex(indexOf(context.options()));
    };
    refresh();
    QObject::connect(&context, &ViewContext::optionsChanged, combo, refresh);
    QObject::connect(combo, &QComboBox::activated, &context, [&context, apply](int index) {
        DisplayOptions options = context.options();
        apply(options, index);
        context.setOptions(options);
    });
}

QComboBox* makeCombo(QWidget* parent, const QString& name, const QString& toolTip)
{
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(name);
    combo->setToolTip(toolTip);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return combo;
}

QIcon swatch(const ColorMap& map)
{
    QImage image(static_cast<int>(map.colors.size()), 1, QImage::Format_RGB32);
    for (int x = 0; x < image.width(); ++x) {
        const Rgb color = map.colors[static_cast<std::size_t>(x)];
        image.setPixelColor(x, 0, QColor(color.r, color.g, color.b));
    }
    return QIcon(QPixmap::fromImage(image.scaled(48, 12)));
}

} // namespace

QComboBox* makeColorMapCombo(ViewContext& context, QWidget* parent)
{
    QComboBox* combo = makeCombo(parent, tr("Colour map"), tr("Colour map"));
    combo->setIconSize(QSize(36, 10));
    for (const ColorMap& map : colorMaps())
        combo->addItem(swatch(map), QString::fromStdString(map.title), QString::fromStdString(map.name));
    bind(
        combo, context,
        [combo](const DisplayOptions& options) { return std::max(0, combo->findData(options.colorMap)); },
        [combo](DisplayOptions& options, int index) { options.colorMap = combo->itemData(index).toString(); });
    return combo;
}

QComboBox* makeScaleCombo(ViewContext& context, QWidget* parent)
{
    QComboBox* combo =
        makeCombo(parent, tr("Scale"),
                  tr("× uniform: the weight times the number of keys; 1 is what a head without preference gives.\n"
                     "probability: the weight itself.\n"
                     "percentile: colours by rank, the part of the weights in sight that are at most as large."));
    combo->addItems({tr("× uniform, log"), tr("× uniform, linear"), tr("× uniform, percentile"), tr("probability, log"),
                     tr("probability, linear"), tr("probability, percentile")});
    bind(
        combo, context,
        [](const DisplayOptions& options) {
            const auto curve = std::find(std::begin(kCurves), std::end(kCurves), options.curve) - std::begin(kCurves);
            return (options.timesUniform ? 0 : 3) + static_cast<int>(curve);
        },
        [](DisplayOptions& options, int index) {
            options.timesUniform = index < 3;
            options.curve = kCurves[index % 3];
        });
    return combo;
}

QComboBox* makeRowKindCombo(ViewContext& context, QWidget* parent)
{
    QComboBox* combo =
        makeCombo(parent, tr("Row of generated tokens"),
                  tr("Row i predicts token i + 1. Of a generated token, the predicting row is the row of\n"
                     "the token before it: where the model looked to find it. The input row is its own:\n"
                     "where the model looked once it was there."));
    combo->addItems({tr("predicting row"), tr("input row")});
    bind(
        combo, context, [](const DisplayOptions& options) { return options.predictingRow ? 0 : 1; },
        [](DisplayOptions& options, int index) { options.predictingRow = index == 0; });
    return combo;
}

} // namespace heedmap
