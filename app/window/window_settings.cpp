#include "app/window/window_settings.h"

#include <QSettings>

#include <algorithm>

namespace heedmap {

namespace {

QString curveKey(ValueCurve curve)
{
    ValueScale scale;
    scale.curve = curve;
    return QString::fromStdString(scale.curveLabel());
}

} // namespace

DisplayOptions savedDisplayOptions()
{
    const QSettings settings;
    DisplayOptions options;
    options.colorMap = settings.value("display/colorMap", options.colorMap).toString();
    options.timesUniform = settings.value("display/timesUniform", options.timesUniform).toBool();
    const QString curve = settings.value("display/curve").toString();
    for (const ValueCurve known : {ValueCurve::Linear, ValueCurve::Logarithmic, ValueCurve::Percentile})
        if (curve == curveKey(known))
            options.curve = known;
    options.limits = settings.value("display/sharedLimits", true).toBool() ? LimitsMode::Shared : LimitsMode::PerMap;
    options.limitsRule =
        settings.value("display/minMaxLimits", false).toBool() ? LimitsRule::Extremes : LimitsRule::Automatic;
    options.withoutSpecial = settings.value("display/withoutSpecial", options.withoutSpecial).toBool();
    options.opacity = std::clamp(settings.value("display/opacity", options.opacity).toDouble(), 0.0, 1.0);
    options.interpolated = settings.value("display/interpolated", options.interpolated).toBool();
    options.predictingRow = settings.value("display/predictingRow", options.predictingRow).toBool();
    return options;
}

void saveDisplayOptions(const DisplayOptions& options)
{
    QSettings settings;
    settings.setValue("display/colorMap", options.colorMap);
    settings.setValue("display/timesUniform", options.timesUniform);
    settings.setValue("display/curve", curveKey(options.curve));
    settings.setValue("display/sharedLimits", options.limits == LimitsMode::Shared);
    settings.setValue("display/minMaxLimits", options.limitsRule == LimitsRule::Extremes);
    settings.setValue("display/withoutSpecial", options.withoutSpecial);
    settings.setValue("display/opacity", options.opacity);
    settings.setValue("display/interpolated", options.interpolated);
    settings.setValue("display/predictingRow", options.predictingRow);
}

SpeechOptions savedSpeechOptions()
{
    const QSettings settings;
    SpeechOptions options;
    options.language = settings.value("speech/language", options.language).toString();
    options.beams = std::clamp(settings.value("speech/beams", options.beams).toInt(), 1, 16);
    options.timestamps = settings.value("speech/timestamps", options.timestamps).toBool();
    return options;
}

void saveSpeechOptions(const SpeechOptions& options)
{
    QSettings settings;
    settings.setValue("speech/language", options.language);
    settings.setValue("speech/beams", options.beams);
    settings.setValue("speech/timestamps", options.timestamps);
}

Theme savedTheme()
{
    return themeFromKey(QSettings().value("window/theme").toString());
}

void saveTheme(Theme theme)
{
    QSettings().setValue("window/theme", themeKey(theme));
}

} // namespace heedmap
