#include "widgets/views/analyses_view.h"

#include "core/analysis/gradient_relevance.h"
#include "widgets/context/map_labels.h"
#include "widgets/controls/bar_list.h"
#include "widgets/controls/color_bar.h"
#include "widgets/controls/layer_flow_canvas.h"
#include "widgets/controls/parameter_form.h"
#include "widgets/controls/run_again_button.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/image/picture_image.h"

#include <QScrollArea>
#include <QVBoxLayout>

namespace heedmap {

namespace {

constexpr int kListWidth = 214;
constexpr int kDescriptionWidth = 236;
constexpr int kInterpolatedSamples = 12;

QLabel* wrappedLabel(const char* name)
{
    auto* label = new QLabel;
    label->setObjectName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setMinimumWidth(40);
    return label;
}

} // namespace

AnalysesView::AnalysesView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_list(new QListWidget), m_formula(wrappedLabel("")), m_source(wrappedLabel("muted")),
      m_form(new ParameterForm), m_headline(new QLabel), m_statement(wrappedLabel("muted")),
      m_pages(new QStackedWidget), m_canvas(new StageCanvas), m_colorBar(new ColorBar), m_bars(new BarList),
      m_table(new QTableWidget), m_flow(new LayerFlowCanvas), m_message(wrappedLabel("")), m_progress(new QProgressBar),
      m_cancel(new QPushButton(tr("&Stop"))), m_start(new QPushButton(tr("&Compute"))),
      m_again(new RunAgainButton(context))
{
    buildList();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(12);
    layout->addWidget(m_list);
    layout->addWidget(buildDescription());
    layout->addWidget(buildResult(), 1);
    connectControls();
    showChosen();
}

void AnalysesView::buildList()
{
    m_list->setAccessibleName(tr("Analyses"));
    m_list->setFixedWidth(kListWidth);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setSpacing(1);
    for (const Analysis& analysis : analyses())
        new QListWidgetItem(QString::fromUtf8(analysis.title), m_list);
    m_list->setCurrentRow(0);
}

QWidget* AnalysesView::buildDescription()
{
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 6, 0);
    layout->setSpacing(8);
    layout->addWidget(m_form);
    layout->addWidget(m_again);
    layout->addWidget(m_formula);
    layout->addWidget(m_source);
    layout->addStretch(1);
    auto* area = new QScrollArea;
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFixedWidth(kDescriptionWidth);
    return area;
}

QWidget* AnalysesView::buildResult()
{
    m_headline->setTextFormat(Qt::PlainText);
    m_headline->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_pages->addWidget(buildWaitingPage());
    m_pages->addWidget(buildPicturePage());
    m_pages->addWidget(m_bars);
    m_pages->addWidget(m_table);
    m_pages->addWidget(m_flow);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAccessibleName(tr("Result"));
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_headline);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_statement);
    return content;
}

QWidget* AnalysesView::buildPicturePage()
{
    m_picturePage = new QWidget;
    auto* layout = new QHBoxLayout(m_picturePage);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_canvas, 1);
    layout->addWidget(m_colorBar);
    m_canvas->setAccessibleName(tr("Result on the picture"));
    return m_picturePage;
}

QWidget* AnalysesView::buildWaitingPage()
{
    m_waitingPage = new QWidget;
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the analysis"));
    m_progress->setRange(0, 1000);
    auto* layout = new QVBoxLayout(m_waitingPage);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_message);
    layout->addWidget(m_progress);
    layout->addWidget(m_cancel, 0, Qt::AlignLeft);
    layout->addWidget(m_start, 0, Qt::AlignLeft);
    layout->addStretch(1);
    return m_waitingPage;
}

void AnalysesView::connectControls()
{
    connect(m_list, &QListWidget::currentRowChanged, this, [this] {
        showChosen();
        showResult();
    });
    connect(m_form, &ParameterForm::changed, this, [this] {
        m_settings.insert_or_assign(&chosen(), m_form->settings());
        showResult();
    });
    connect(&m_runner, &AnalysisRunner::changed, this, [this] {
        if (isVisible())
            showResult();
    });
    connect(m_cancel, &QPushButton::clicked, this, [this] { m_runner.cancel(); });
    connect(m_start, &QPushButton::clicked, this, [this] {
        if (const std::optional<AnalysisRequest> wanted = request())
            m_runner.start(*wanted);
    });
    connect(m_canvas, &StageCanvas::hovered, this, [this](QPointF place) { pointAt(keyAt(place)); });
    connect(m_canvas, &StageCanvas::left, this, [this] { pointAt(std::nullopt); });
    connect(m_canvas, &StageCanvas::clicked, this, [this](QPointF place, bool) {
        if (const auto key = keyAt(place))
            keepKey(*key);
    });
    connect(m_canvas, &StageCanvas::stepped, this, &AnalysesView::step);
    connect(m_canvas, &StageCanvas::activated, this, [this] {
        if (const auto key = m_result ? shownKey(*m_result) : std::nullopt)
            keepKey(*key);
    });
    connect(m_bars, &BarList::hovered, this,
            [this](qint64 key) { pointAt(key < 0 ? std::nullopt : std::optional<std::int64_t>(key)); });
    connect(m_bars, &BarList::clicked, this, &AnalysesView::keepKey);
    connect(m_flow, &LayerFlowCanvas::pointed, this, &AnalysesView::pointAtLayer);
}

const Analysis& AnalysesView::chosen() const
{
    return analyses()[static_cast<std::size_t>(std::max(0, m_list->currentRow()))];
}

std::optional<AnalysisScope> AnalysesView::scope() const
{
    if (!selection().shown())
        return std::nullopt;
    const Selection& kept = selection().selection();
    return AnalysisScope{kept.group, kept.map, kept.query()};
}

std::optional<AnalysisRequest> AnalysesView::request() const
{
    std::optional<AnalysisScope> wanted = scope();
    if (!wanted)
        return std::nullopt;
    if (!chosen().ofToken)
        wanted->query.reset();
    return AnalysisRequest{selection().capture(), *wanted, m_form->settings()};
}

void AnalysesView::showChosen()
{
    const Analysis& analysis = chosen();
    const auto left = m_settings.find(&analysis);
    m_form->setSettings(left == m_settings.end() ? AnalysisSettings(analysis) : left->second);
    m_form->setVisible(!analysis.parameters.empty());
    m_formula->setText(QString::fromUtf8(analysis.formula));
    m_source->setText(QString::fromUtf8(analysis.source));
}

/// What cannot be computed here is greyed, and says why.
void AnalysesView::showAvailability()
{
    const Listed now{selection().capture(), scope()};
    if (m_listed == now)
        return;
    m_listed = now;
    for (int row = 0; row < m_list->count(); ++row) {
        const Analysis& analysis = analyses()[static_cast<std::size_t>(row)];
        QString why = tr("There is no attention to look at.");
        std::optional<AnalysisObstacle> obstacle;
        if (now.scope) {
            obstacle = obstacleFor(analysis, *now.capture, *now.scope);
            why = obstacle ? QString::fromStdString(obstacle->reason + " " + obstacle->remedy) : QString();
        }
        QListWidgetItem* item = m_list->item(row);
        item->setForeground(palette().color(why.isEmpty() ? QPalette::Active : QPalette::Disabled, QPalette::Text));
        item->setToolTip(why.isEmpty() ? item->text() : why);
        item->setData(Qt::AccessibleDescriptionRole, why);
    }
}

void AnalysesView::captureChanged()
{
    m_runner.pause();
    selectionChanged();
}

void AnalysesView::pictureChanged()
{
    selectionChanged();
}

void AnalysesView::selectionChanged()
{
    showAvailability();
    showResult();
}

void AnalysesView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    selectionChanged();
}

void AnalysesView::hideEvent(QHideEvent* event)
{
    View::hideEvent(event);
    m_runner.pause();
}

void AnalysesView::showResult()
{
    const std::optional<AnalysisRequest> wanted = request();
    m_again->offerFor(chosen(), scope());
    m_result.reset();
    m_resultOf = wanted;
    if (!wanted)
        return showMessage(tr("There is no attention to look at."), false);
    if (const auto obstacle = obstacleFor(chosen(), *wanted->capture, wanted->scope))
        return showObstacle(*obstacle);
    m_result = m_runner.result(*wanted);
    if (!m_result && m_runner.isRunning())
        return showWaiting();
    if (!m_result)
        return showMessage(m_runner.failure(), true);
    const ShownAnalysis result = *shown();
    m_headline->setText(analysisHeadline(result));
    if (m_result->shape == ResultShape::Table)
        showTable(result);
    else if (m_result->shape == ResultShape::Series)
        showSeries(result);
    else if (!result.row)
        showMessage(tr("Choose a token of “%1”.").arg(QString::fromStdString(m_result->queryAxis)), false);
    else if (hasPatches(wanted->capture->manifest().axis(m_result->keyAxis)))
        showPicture(result);
    else
        showBars(result);
}

void AnalysesView::showObstacle(const AnalysisObstacle& obstacle)
{
    QStringList parts{QString::fromStdString(obstacle.reason)};
    if (obstacle.isOfFile && m_again->isOffered())
        parts << tr("The button at the left runs the model again and stores them.");
    parts << QString::fromStdString(obstacle.remedy);
    showMessage(parts.join(QStringLiteral("\n\n")), false);
}

void AnalysesView::showMessage(const QString& text, bool offerStart)
{
    m_headline->clear();
    m_statement->clear();
    m_message->setText(text);
    m_progress->hide();
    m_cancel->hide();
    m_start->setVisible(offerStart);
    m_pages->setCurrentWidget(m_waitingPage);
}

/// Nothing for a moment, so that quick results do not flicker.
void AnalysesView::showWaiting()
{
    const bool isSlow = m_runner.isSlow();
    showMessage(isSlow ? tr("Computing… %1 %").arg(static_cast<int>(100 * m_runner.progress())) : QString(), false);
    m_progress->setValue(static_cast<int>(1000 * m_runner.progress()));
    m_progress->setVisible(isSlow);
    m_cancel->setVisible(isSlow);
}

AnalysisColors AnalysesView::colors() const
{
    const DisplayOptions& options = context().options();
    AnalysisColors colors;
    colors.colors = &context().colorMap();
    colors.timesUniform = options.timesUniform;
    colors.curve = options.curve;
    colors.rule = options.limitsRule;
    colors.opacity = options.opacity;
    colors.samplesPerPatch = options.interpolated ? kInterpolatedSamples : 1;
    return colors;
}

std::optional<ShownAnalysis> AnalysesView::shown() const
{
    if (!m_result || !m_resultOf)
        return std::nullopt;
    return ShownAnalysis{m_resultOf->capture,  m_resultOf->scope,
                         m_resultOf->settings, m_result,
                         shownRow(*m_result),  context().options().predictingRow};
}

std::optional<std::int64_t> AnalysesView::shownRow(const AnalysisResult& result) const
{
    if (result.shape == ResultShape::Table)
        return std::nullopt;
    const Capture& capture = *selection().capture();
    if (const std::optional<ShownMap> now = selection().shown();
        now && now->query && queryAxisOf(capture, now->map).id == result.queryAxis)
        return now->query;
    if (const auto kept = selection().selection().query())
        return kept; // of the map the result is about
    return targetRowOn(capture, result.queryAxis);
}

std::optional<std::int64_t> AnalysesView::shownKey(const AnalysisResult& result) const
{
    const std::optional<ShownMap> now = selection().shown();
    if (!now || keyAxisOf(*selection().capture(), now->map).id != result.keyAxis)
        return std::nullopt;
    return selection().shownKey();
}

std::optional<std::int64_t> AnalysesView::keyAt(QPointF picturePosition) const
{
    if (!m_result)
        return std::nullopt;
    return patchAt(m_resultOf->capture->manifest().axis(m_result->keyAxis), {picturePosition.x(), picturePosition.y()});
}

void AnalysesView::pointAt(std::optional<std::int64_t> key)
{
    if (!m_result)
        return;
    selection().setHover(key ? Hover{{}, AxisPosition{m_result->keyAxis, *key}} : Hover{});
}

void AnalysesView::keepKey(std::int64_t key)
{
    if (m_result)
        selection().toggleKey(key);
}

} // namespace heedmap
