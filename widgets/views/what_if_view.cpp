#include "widgets/views/what_if_view.h"

#include "core/capture/intervention_edit.h"
#include "widgets/context/map_labels.h"
#include "widgets/context/token_text.h"
#include "widgets/context/what_if_intents.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QShortcut>
#include <QVBoxLayout>

#include <cmath>

namespace heedmap {

namespace {

constexpr int kMostListRows = 4; ///< in sight; more scroll

QString likelihoodText(const Likelihood& likelihood)
{
    return (likelihood.isBound ? QStringLiteral("≤ ") : QString()) + probabilityText(likelihood.probability);
}

QString differenceText(double difference)
{
    const QString size = probabilityText(std::abs(difference));
    return difference == 0 ? size : (difference < 0 ? u'−' : u'+') + size;
}

} // namespace

WhatIfView::WhatIfView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_list(new QListWidget), m_remove(new QPushButton(tr("&Take back"))),
      m_clear(new QPushButton(tr("&Clear all"))), m_headline(new QLabel), m_table(new QTreeWidget),
      m_statement(new QLabel), m_run(new QPushButton(tr("Run &again")))
{
    m_headline->setObjectName("headline");
    m_headline->setProperty("long", true);
    m_headline->setWordWrap(true);
    m_headline->setTextFormat(Qt::PlainText);
    m_statement->setObjectName("muted");
    m_statement->setWordWrap(true);
    buildList();
    buildTable();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(6);
    layout->addWidget(m_listPart);
    layout->addWidget(m_headline);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_statement);
    layout->addWidget(m_run, 0, Qt::AlignLeft);
    connectButtons();
}

void WhatIfView::buildList()
{
    m_list->setAccessibleName(tr("Interventions"));
    m_list->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_remove->setToolTip(tr("Takes back the chosen line (Delete) and runs again"));
    m_clear->setToolTip(tr("The model as it is; the answer there was before comes back at once"));
    m_listPart = new QWidget;
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_remove);
    buttons->addWidget(m_clear);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(m_listPart);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_list);
    layout->addLayout(buttons);
}

void WhatIfView::buildTable()
{
    m_table->setColumnCount(4);
    m_table->setHeaderLabels({tr("token"), tr("before"), tr("after"), tr("change")});
    m_table->headerItem()->setToolTip(2, tr("≤: not among the tokens the run lists; they leave it that much at most."));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setRootIsDecorated(false);
    m_table->setIndentation(0);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setFocusPolicy(Qt::NoFocus);
    m_table->setAccessibleName(tr("Probabilities before and after"));
    m_table->header()->setStretchLastSection(false);
    m_table->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (int column = 1; column < m_table->columnCount(); ++column)
        m_table->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
}

void WhatIfView::connectButtons()
{
    connect(m_remove, &QPushButton::clicked, this, [this] { remove(m_list->currentRow()); });
    connect(m_clear, &QPushButton::clicked, this, [this] { context().whatIf().request({}, tr("the model as it is")); });
    connect(m_run, &QPushButton::clicked, this, [this] { context().whatIf().requestRun(); });
    auto* key = new QShortcut(QKeySequence(Qt::Key_Delete), m_list);
    key->setContext(Qt::WidgetShortcut);
    connect(key, &QShortcut::activated, this, [this] { remove(m_list->currentRow()); });
}

void WhatIfView::remove(int row)
{
    std::vector<Intervention> list = context().whatIf().interventions();
    if (row < 0 || row >= static_cast<int>(list.size()))
        return;
    const QString text = tr("without: %1").arg(interventionText(context(), list[static_cast<std::size_t>(row)]));
    list.erase(list.begin() + row);
    context().whatIf().request(list, text);
}

void WhatIfView::captureChanged()
{
    m_shownCapture = nullptr;
    m_shown = {};
    fillList();
    showComparison();
}

/// Hovering and choosing change nothing here; only another run or another list does.
void WhatIfView::selectionChanged()
{
    const WhatIfModel::State& state = context().whatIf().state();
    const bool isShown = m_shownCapture == selection().capture().get() && m_shown.baseline == state.baseline &&
                         m_shown.running == state.running && m_shown.interventions == state.interventions;
    if (isShown)
        return;
    fillList();
    showComparison();
}

bool WhatIfView::isUpToDate() const
{
    const auto& capture = selection().capture();
    return capture && sameInterventions(capture->manifest().interventions, context().whatIf().interventions());
}

void WhatIfView::fillList()
{
    m_shownCapture = selection().capture().get();
    m_shown = context().whatIf().state();
    const int row = m_list->currentRow();
    m_list->clear();
    for (const Intervention& intervention : m_shown.interventions) {
        auto* item = new QListWidgetItem(interventionText(context(), intervention), m_list);
        item->setToolTip(item->text());
    }
    m_list->setCurrentRow(std::clamp(row, 0, std::max(0, m_list->count() - 1)));
    const int rows = std::clamp(m_list->count(), 1, kMostListRows);
    m_list->setFixedHeight(rows * (QFontMetrics(m_list->font()).height() + 4) + 2 * m_list->frameWidth());
    m_listPart->setVisible(m_list->count() > 0);
}

void WhatIfView::say(const QString& statement, bool offerRun)
{
    m_statement->setText(statement);
    m_statement->setVisible(!statement.isEmpty());
    m_run->setVisible(offerRun);
}

void WhatIfView::showComparison()
{
    m_table->clear();
    m_headline->clear();
    const auto& capture = selection().capture();
    const bool nothing = m_shown.interventions.empty() && isUpToDate();
    if (!capture || nothing) {
        say(tr("Mute a head (right click in the head grid, or M), hide patches (right click on the picture, H, or "
               "Shift+drag) or a word (right click on it), and see what becomes of the answer."),
            false);
    } else if (m_shown.running) {
        say(tr("Running…"), false);
    } else if (!isUpToDate()) {
        say(tr("The maps and the answer on screen are of another run: this list has not been run yet."), true);
    } else if (!m_shown.baseline) {
        say(tr("There is no run without these interventions to compare with."), true);
    } else {
        say({}, false);
        showChange(compareAnswers(m_shown.baseline->manifest(), capture->manifest()));
    }
    m_headline->setVisible(!m_headline->text().isEmpty());
    m_table->setVisible(m_table->topLevelItemCount() > 0);
}

void WhatIfView::showChange(const AnswerChange& change)
{
    if (change.hasText)
        m_headline->setText(change.before == change.after
                                ? tr("%1, as before").arg(shownTokenText(change.after))
                                : tr("%1 → %2").arg(shownTokenText(change.before), shownTokenText(change.after)));
    if (const StepChange* step = change.decisiveStep()) {
        for (const ChoiceChange& choice : step->choices)
            addChoice(choice);
        m_table->headerItem()->setText(0, tr("token at step %1").arg(step->step + 1));
    } else
        m_table->headerItem()->setText(0, tr("score"));
    for (const ScoreChange& score : change.scores)
        addScore(score);
}

void WhatIfView::addChoice(const ChoiceChange& choice)
{
    const std::optional<double> difference = choice.difference();
    auto* item = new QTreeWidgetItem(m_table, {shownTokenText(choice.text), likelihoodText(choice.before),
                                               likelihoodText(choice.after),
                                               difference ? differenceText(*difference) : QString()});
    for (int column = 1; column < m_table->columnCount(); ++column)
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    QFont bold = m_table->font();
    bold.setBold(true);
    if (choice.saidBefore)
        item->setFont(1, bold);
    if (choice.saidAfter)
        item->setFont(2, bold);
    if (choice.saidBefore || choice.saidAfter)
        return item->setFont(0, bold);
    for (int column = 0; column < m_table->columnCount(); ++column)
        item->setForeground(column, palette().color(QPalette::Disabled, QPalette::Text));
}

void WhatIfView::addScore(const ScoreChange& score)
{
    const QString name = QString::fromStdString(score.name);
    auto* item =
        new QTreeWidgetItem(m_table, {name, QString::number(score.before, 'f', 4), QString::number(score.after, 'f', 4),
                                      differenceText(score.after - score.before)});
    item->setToolTip(0, QString::fromStdString(score.unit));
    for (int column = 1; column < m_table->columnCount(); ++column)
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
}

} // namespace heedmap
