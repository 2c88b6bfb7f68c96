#include "widgets/image/answer_figure.h"

#include "widgets/context/map_labels.h"
#include "widgets/context/token_text.h"
#include "widgets/image/figure_headline.h"
#include "widgets/image/map_caption.h"

#include <fmt/format.h>
#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kNameWidth = 200;
constexpr double kValueWidth = 90;
constexpr double kBarWidth = 280;
constexpr double kIndent = 18;
constexpr std::size_t kMostLines = 400;

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::AnswerFigure", text);
}

struct AnswerLine
{
    QString name;
    QString value;
    double length = 0; ///< of the bar, [0, 1]; negative: no bar
    bool isAlternative = false;
};

std::vector<AnswerLine> linesOf(const CaptureOutput& output)
{
    std::vector<AnswerLine> lines;
    for (const GeneratedToken& token : output.tokens) {
        const double probability = std::exp(token.logProbability);
        lines.push_back({shownTokenText(token.text), probabilityText(probability), probability, false});
        for (const TokenAlternative& alternative : token.alternatives)
            if (const double other = std::exp(alternative.logProbability); alternative.id != token.id)
                lines.push_back({shownTokenText(alternative.text), probabilityText(other), other, true});
    }
    for (const Score& score : output.scores)
        lines.push_back({QString::fromStdString(score.name),
                         QString::number(score.value, 'f', 4) + u' ' + QString::fromStdString(score.unit),
                         score.unit == "probability" ? score.value : -1, false});
    return lines;
}

void paintLines(QPainter& painter, const std::vector<AnswerLine>& lines, double top, const FigureStyle& style)
{
    const QFontMetricsF metrics(painter.font());
    const double height = figureLineHeight();
    double y = top;
    for (const AnswerLine& line : lines) {
        const double left = line.isAlternative ? kIndent : 0;
        const double baseline = y + height / 2 + metrics.capHeight() / 2;
        painter.setPen(line.isAlternative ? style.fainter : style.ink);
        painter.drawText(QPointF(left, baseline), metrics.elidedText(line.name, Qt::ElideRight, kNameWidth - left - 8));
        painter.drawText(QPointF(kNameWidth, baseline), line.value);
        if (line.length >= 0 && std::isfinite(line.length)) {
            const QRectF track(kNameWidth + kValueWidth, y + height / 2 - 3, kBarWidth, 6);
            QColor faint = style.ink;
            faint.setAlphaF(0.1f);
            painter.fillRect(track, faint);
            painter.fillRect(
                QRectF(track.topLeft(), QSizeF(track.width() * std::min(line.length, 1.0), track.height())),
                style.accent);
        }
        y += height;
    }
}

} // namespace

Figure figureOfAnswer(const Capture& capture, const CaptureOutput& output)
{
    std::vector<AnswerLine> lines = linesOf(output);
    Figure figure;
    const QString model = QString::fromStdString(capture.manifest().model.name);
    figure.title = tr("%1 said: %2").arg(model, QString::fromStdString(output.text));
    figure.caption << tr("%1 · probability of every generated token under the model's own distribution").arg(model);
    if (!output.isText)
        figure.caption = QStringList{tr("%1 · scores").arg(model)};
    for (const CaptureInput& input : capture.manifest().inputs)
        if (input.kind == InputKind::Text)
            figure.caption << tr("asked: %1").arg(QString::fromStdString(input.text).simplified());
    if (const QString changed = interventionsCaption(capture); !changed.isEmpty())
        figure.caption << changed;
    if (lines.size() > kMostLines) {
        figure.caption << tr("the first %1 of %2 lines").arg(kMostLines).arg(lines.size());
        lines.resize(kMostLines);
    }
    const QString headline = QString::fromStdString(output.text).simplified();
    const double top = headlineHeight(headline);
    figure.size =
        QSizeF(kNameWidth + kValueWidth + kBarWidth, top + figureLineHeight() * static_cast<double>(lines.size()));
    figure.paint = [lines = std::move(lines), headline, top, width = figure.size.width()](QPainter& painter,
                                                                                          const FigureStyle& style) {
        paintHeadline(painter, headline, width, style);
        paintLines(painter, lines, top, style);
    };
    return figure;
}

NumberTable tableOfAnswer(const Capture& capture, const CaptureOutput& output)
{
    NumberTable table;
    table.doublePrecision = true;
    table.valueName = "value";
    table.notes = {fmt::format("model: {} ({})", capture.manifest().model.name, capture.manifest().model.architecture),
                   fmt::format("capture: {}", capture.path().filename().string()),
                   fmt::format("output: {}{}", output.id, output.isText ? ", \"" + output.text + "\"" : "")};
    table.rows.names = {"step", "kind", "text", "token_id"};
    table.columns.names = {"quantity"};
    if (!output.isText) {
        table.columns.labels = {{"score"}};
        for (const Score& score : output.scores) {
            table.rows.labels.push_back({"", score.unit, score.name, ""});
            table.values.push_back(score.value);
        }
        return table;
    }
    table.columns.labels = {{"probability"}, {"log_probability"}};
    const auto add = [&](std::size_t step, const char* kind, const std::string& text, std::int64_t id, double value) {
        table.rows.labels.push_back({std::to_string(step), kind, text, std::to_string(id)});
        table.values.push_back(std::exp(value));
        table.values.push_back(value);
    };
    for (std::size_t step = 0; step < output.tokens.size(); ++step) {
        const GeneratedToken& token = output.tokens[step];
        add(step, "generated", token.text, token.id, token.logProbability);
        for (const TokenAlternative& alternative : token.alternatives)
            if (alternative.id != token.id)
                add(step, "alternative", alternative.text, alternative.id, alternative.logProbability);
    }
    return table;
}

} // namespace heedmap
