#include "widgets/views/answer_view.h"

#include "widgets/context/generated_steps.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/sound_windows.h"
#include "widgets/context/token_text.h"
#include "widgets/controls/display_combos.h"
#include "widgets/controls/step_scrubber.h"
#include "widgets/image/answer_figure.h"
#include "widgets/image/time_axis.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QStyle>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kProbabilityRole = Qt::UserRole;
constexpr int kBarColumn = 3;
constexpr std::size_t kMostChoices = 5;
constexpr qsizetype kLongHeadline = 48; ///< a sentence, no word

/// A probability as a thin bar.
class BarDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        bool isNumber = false;
        const double value = index.data(kProbabilityRole).toDouble(&isNumber);
        if (!isNumber || !std::isfinite(value))
            return;
        const QRectF track(option.rect.left() + 4, option.rect.center().y() - 2, option.rect.width() - 8, 5);
        QColor faint = option.palette.color(QPalette::Text);
        faint.setAlphaF(0.12f);
        painter->fillRect(track, faint);
        painter->fillRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(value, 0.0, 1.0), track.height())),
                          option.palette.color(QPalette::Highlight));
    }
};

/// Three decimals, an exponent where they would say nothing; never "-0.000".
QString logarithmText(double value)
{
    return QString::number(value, value != 0 && std::abs(value) < 1e-3 ? 'e' : 'f',
                           value != 0 && std::abs(value) < 1e-3 ? 1 : 3);
}

} // namespace

AnswerView::AnswerView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_headline(new QLabel), m_candidates(new QComboBox), m_scrubber(new StepScrubber),
      m_rowLine(new QWidget), m_row(new QLabel), m_rowKind(makeRowKindCombo(context, m_rowLine)),
      m_table(new QTreeWidget), m_note(new QLabel)
{
    m_headline->setObjectName("headline");
    m_headline->setWordWrap(true);
    m_headline->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_candidates->setAccessibleName(tr("Candidate"));
    m_candidates->setToolTip(tr("What the search found, best first"));
    m_candidates->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (QLabel* label : {m_row, m_note}) {
        label->setObjectName("muted");
        label->setWordWrap(true);
    }
    buildTable();
    auto* line = new QHBoxLayout(m_rowLine);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_row, 1);
    line->addWidget(m_rowKind);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(4);
    for (QWidget* part : std::initializer_list<QWidget*>{m_headline, m_candidates, m_scrubber, m_rowLine})
        layout->addWidget(part);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_note);
    connectScrubber();
}

void AnswerView::buildTable()
{
    m_table->setColumnCount(kBarColumn + 1);
    m_table->setHeaderLabels({tr("token"), tr("probability"), tr("log"), QString()});
    for (int column : {1, 2})
        m_table->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    m_table->headerItem()->setToolTip(2, tr("natural logarithm of the probability"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setRootIsDecorated(false);
    m_table->setIndentation(0);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setFocusPolicy(Qt::NoFocus);
    m_table->setItemDelegateForColumn(kBarColumn, new BarDelegate(m_table));
    for (int column = 0; column < kBarColumn; ++column)
        m_table->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    m_table->header()->setStretchLastSection(true);
    m_table->setAccessibleName(tr("The token of this step and what it nearly was, with probabilities"));
}

void AnswerView::connectScrubber()
{
    connect(m_candidates, &QComboBox::activated, this, [this](int index) {
        m_output = m_candidates->itemData(index).toString().toStdString();
        m_step = 0;
        showOutput();
    });
    connect(m_scrubber, &StepScrubber::previewed, this, &AnswerView::previewStep);
    connect(m_scrubber, &StepScrubber::previewEnded, this, [this] { selection().setHover({}); });
    connect(m_scrubber, &StepScrubber::chosen, this, &AnswerView::chooseStep);
}

void AnswerView::captureChanged()
{
    m_place.reset();
    fillCandidates();
    const Selection& kept = selection().selection();
    const CaptureOutput* text = output();
    if (text && !kept.group.empty() && kept.query() &&
        queryAxisOf(*selection().capture(), kept.map).id == text->axis) // what is hovered may be no step
        m_step = tokenOfRow(*text, *kept.query(), context().options().predictingRow).value_or(m_step);
    showOutput();
}

void AnswerView::fillCandidates()
{
    m_candidates->clear();
    const auto& capture = selection().capture();
    const auto outputs = capture ? textOutputs(*capture) : std::vector<const CaptureOutput*>();
    const bool hasWindows = std::ranges::count(outputs, 0, &CaptureOutput::rank) > 1;
    const std::vector<SoundWindow> windows = hasWindows ? soundWindows(*capture) : std::vector<SoundWindow>();
    for (const CaptureOutput* output : outputs) {
        const auto window = std::ranges::find(windows, output->id, &SoundWindow::output);
        const QString place = window != windows.end() ? spanText(window->heard) : QString::number(output->rank + 1);
        QString title = tr("%1: %2").arg(place, QString::fromStdString(output->text).trimmed());
        if (output->score)
            title += tr(" (score %1)").arg(*output->score, 0, 'f', 3);
        m_candidates->addItem(title, QString::fromStdString(output->id));
    }
    // After another run of the same model the candidate and the step stay, where they exist.
    const int chosen = std::max(0, m_candidates->findData(QString::fromStdString(m_output)));
    m_candidates->setCurrentIndex(outputs.empty() ? -1 : chosen);
    m_candidates->setVisible(outputs.size() > 1);
    m_output = outputs.empty() ? std::string() : outputs[static_cast<std::size_t>(chosen)]->id;
}

const CaptureOutput* AnswerView::output() const
{
    const auto& capture = selection().capture();
    return capture ? capture->manifest().output(m_output) : nullptr;
}

void AnswerView::showOutput()
{
    const CaptureOutput* shown = output();
    std::vector<ScrubberStep> steps;
    for (const GeneratedToken& token : shown ? shown->tokens : std::vector<GeneratedToken>())
        steps.push_back({shownTokenText(token.text), std::exp(token.logProbability)});
    const bool hasSteps = !steps.empty();
    m_scrubber->setSteps(std::move(steps));
    m_scrubber->setVisible(hasSteps);
    m_rowLine->setVisible(hasSteps);
    showHeadline(shown ? QString::fromStdString(shown->text).trimmed() : QString());
    m_step = std::min(m_step, hasSteps ? shown->tokens.size() - 1 : 0);
    m_note->clear();
    if (!selection().capture())
        m_note->setText(tr("Nothing asked yet."));
    else if (selection().capture()->manifest().outputs.empty())
        m_note->setText(tr("This capture holds no output."));
    m_note->setVisible(!m_note->text().isEmpty());
    selectionChanged();
}

void AnswerView::showHeadline(const QString& text)
{
    m_headline->setText(text);
    m_headline->setVisible(!text.isEmpty());
    m_headline->setProperty("long", text.size() > kLongHeadline); // read by the style sheet
    m_headline->style()->unpolish(m_headline);
    m_headline->style()->polish(m_headline);
}

void AnswerView::selectionChanged()
{
    const std::optional<ShownMap> shown = selection().shown();
    std::optional<AxisPosition> place;
    if (shown && shown->query)
        place = AxisPosition{queryAxisOf(*selection().capture(), shown->map).id, *shown->query};
    if (place && place != m_place && followWindow(place->axis))
        return;
    const CaptureOutput* text = output();
    std::optional<std::size_t> step;
    if (text && place && place->axis == text->axis)
        step = tokenOfRow(*text, place->position, context().options().predictingRow);
    // Only a change of what is looked at moves the step: one without a row of its own can be chosen, too.
    if (std::exchange(m_place, place) != place && step)
        m_step = *step;
    m_scrubber->setCurrent(m_step, step == m_step);
    showStep();
}

/// Of a recording heard in several windows, the text of the one that is looked at.
bool AnswerView::followWindow(const std::string& axis)
{
    const CaptureOutput* current = output();
    if (!current || current->axis == axis || current->rank != 0)
        return false;
    for (const CaptureOutput* other : textOutputs(*selection().capture()))
        if (other->axis == axis && other->rank == 0) {
            m_output = other->id;
            m_candidates->setCurrentIndex(m_candidates->findData(QString::fromStdString(other->id)));
            showOutput();
            return true;
        }
    return false;
}

void AnswerView::showStep()
{
    m_table->clear();
    const CaptureOutput* text = output();
    if (text && m_step < text->tokens.size()) {
        showRow(text->tokens[m_step]);
        addChoices(text->tokens[m_step]);
    }
    addScores();
    m_table->setHeaderHidden(!text);
}

void AnswerView::showRow(const GeneratedToken& token)
{
    const bool predicting = context().options().predictingRow;
    const std::optional<std::int64_t> row = rowOfToken(token, predicting);
    const QString place = !row         ? tr("no input row: the text ends with it")
                          : predicting ? tr("row %1 predicts it").arg(*row)
                                       : tr("row %1 is its own, as input").arg(*row);
    m_row->setText(tr("step %1 of %2 · %3").arg(m_step + 1).arg(m_scrubber->steps().size()).arg(place));
}

QTreeWidgetItem* AnswerView::addLine(const QString& name, double value, const QStringList& texts)
{
    auto* item = new QTreeWidgetItem(m_table, QStringList(name) + texts);
    for (int column = 1; column < kBarColumn; ++column)
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    item->setData(kBarColumn, kProbabilityRole, value);
    item->setData(kBarColumn, Qt::AccessibleTextRole, texts.join(u' '));
    return item;
}

void AnswerView::addChoices(const GeneratedToken& token)
{
    std::vector<TokenAlternative> choices = token.alternatives;
    const auto isToken = [&](const TokenAlternative& choice) { return choice.id == token.id; };
    if (std::none_of(choices.begin(), choices.end(), isToken))
        choices.push_back({token.id, token.text, token.logProbability});
    std::stable_sort(choices.begin(), choices.end(),
                     [](const auto& a, const auto& b) { return a.logProbability > b.logProbability; });
    for (std::size_t rank = 0; rank < choices.size(); ++rank) {
        const TokenAlternative& choice = choices[rank];
        if (rank >= kMostChoices && !isToken(choice))
            continue; // a run may have been asked for many more
        const double probability = std::exp(choice.logProbability);
        QTreeWidgetItem* line = addLine(shownTokenText(choice.text), probability,
                                        {probabilityText(probability), logarithmText(choice.logProbability)});
        for (int column = 0; column < kBarColumn; ++column) {
            if (!isToken(choice)) {
                line->setForeground(column, palette().color(QPalette::Disabled, QPalette::Text));
                continue;
            }
            QFont bold = m_table->font();
            bold.setBold(true);
            line->setFont(column, bold);
        }
    }
}

void AnswerView::addScores()
{
    if (!selection().capture())
        return;
    for (const CaptureOutput& output : selection().capture()->manifest().outputs)
        for (const Score& score : output.scores) {
            const bool isProbability = score.unit == "probability";
            addLine(QString::fromStdString(score.name), isProbability ? score.value : NAN,
                    {QString::number(score.value, 'f', 4), QString::fromStdString(score.unit)});
        }
}

std::optional<AxisPosition> AnswerView::placeOf(std::size_t step) const
{
    const CaptureOutput* text = output();
    if (!text || step >= text->tokens.size())
        return std::nullopt;
    const auto row = rowOfToken(text->tokens[step], context().options().predictingRow);
    return row ? std::optional(AxisPosition{text->axis, *row}) : std::nullopt;
}

void AnswerView::previewStep(std::size_t step)
{
    m_step = step;
    selection().setHover({placeOf(step), {}});
    selectionChanged(); // a step without a row changes no hover
}

void AnswerView::chooseStep(std::size_t step)
{
    selection().setHover({});
    if (const std::optional<AxisPosition> place = placeOf(step))
        selection().keepQuery(*place);
    m_step = step;
    selectionChanged();
}

const CaptureOutput* AnswerView::exportedOutput() const
{
    if (const CaptureOutput* text = output())
        return text;
    const auto& capture = selection().capture();
    return capture && !capture->manifest().outputs.empty() ? &capture->manifest().outputs.front() : nullptr;
}

std::optional<Figure> AnswerView::figure()
{
    const CaptureOutput* shown = exportedOutput();
    return shown ? std::optional(figureOfAnswer(*selection().capture(), *shown)) : std::nullopt;
}

std::optional<NumberTable> AnswerView::numbers()
{
    const CaptureOutput* shown = exportedOutput();
    return shown ? std::optional(tableOfAnswer(*selection().capture(), *shown)) : std::nullopt;
}

} // namespace heedmap
