#include "widgets/views/sound_view.h"

#include "widgets/context/chain_sound.h"
#include "widgets/controls/range_control.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/image/time_axis.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace heedmap {

namespace {

constexpr int kBelowPicture = 176; ///< height of the lanes when the picture is shown too

QToolButton* makeSwitch(const QString& text, const QString& explanation)
{
    auto* button = new QToolButton;
    button->setText(text);
    button->setToolTip(explanation);
    button->setCheckable(true);
    button->setObjectName("choice"); // coloured while it is down
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

QLabel* makeMuted()
{
    auto* label = new QLabel;
    label->setObjectName("muted");
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    label->setMinimumWidth(40);
    return label;
}

} // namespace

SoundView::SoundView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_source(std::make_unique<SelectedSound>(context)), m_reader(new SoundReader(this)),
      m_features(new SoundFeatures(this)), m_canvas(new SoundCanvas), m_range(new RangeControl(context)),
      m_play(new QPushButton), m_playText(makeMuted()), m_statement(makeMuted()),
      m_heads(makeSwitch(tr("&Heads"), tr("All heads of the group, a row each, in the colours of the scale.\n"
                                          "Click one to look at it."))),
      m_map(makeSwitch(tr("Token &map"), tr("The map of the shown head, a row for every token, with the path that\n"
                                            "the times of the tokens come from."))),
      m_smooth(makeSwitch({}, tr("Off: the model's own probabilities, one for each position of its encoder.\n"
                                 "On: the curves of a running median, a way to look at them; numbers, times,\n"
                                 "colours and everything that is exported as numbers stay as they are.")))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_canvas, 1);
    layout->addLayout(buildControls());
    layout->addWidget(m_range);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_map->setChecked(true);
    for (QToolButton* button : {m_heads, m_map, m_smooth})
        connect(button, &QToolButton::toggled, this, &SoundView::rebuild);
    connect(m_reader, &SoundReader::arrived, this, &SoundView::rebuild);
    connect(m_features, &SoundFeatures::arrived, this, &SoundView::rebuild);
    connect(&context.rows(), &RowProvider::arriving, this, [this] {
        if (isVisible() && m_heads->isChecked())
            rebuild();
    });
    connectCanvas();
    connectPlayback();
}

SoundView::~SoundView() = default;

bool SoundView::isWanted() const
{
    const auto& capture = selection().capture();
    if (isOfSpeech())
        return true;
    return capture ? hasSound(*capture) : selection().recording() && selection().picture().isNull();
}

bool SoundView::isOfSpeech() const
{
    const auto& capture = selection().capture();
    const auto& speech = selection().speech();
    return speech && hasSound(*speech) && capture && !hasSound(*capture);
}

void SoundView::chooseSource()
{
    const bool wasOfSpeech = dynamic_cast<SpokenQuestionSound*>(m_source.get());
    if (isOfSpeech() == wasOfSpeech)
        return;
    if (wasOfSpeech)
        m_source = std::make_unique<SelectedSound>(context());
    else
        m_source = std::make_unique<SpokenQuestionSound>(context(), *m_reader);
    for (QWidget* part : {static_cast<QWidget*>(m_range), static_cast<QWidget*>(m_heads), static_cast<QWidget*>(m_map)})
        part->setVisible(wasOfSpeech); // the picture has the room
    m_canvas->setMaximumHeight(wasOfSpeech ? QWIDGETSIZE_MAX : kBelowPicture);
}

void SoundView::speechChanged()
{
    selectionChanged();
}

QLayout* SoundView::buildControls()
{
    m_play->setAutoDefault(false);
    m_play->setFocusPolicy(Qt::StrongFocus);
    m_statement->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_playText->setWordWrap(true); // what to do about a reason is in the tool tip
    m_playText->setMaximumHeight(2 * m_playText->fontMetrics().lineSpacing());
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_play);
    row->addWidget(m_playText, 2);
    row->addWidget(m_statement, 3);
    for (QToolButton* button : {m_heads, m_map, m_smooth})
        row->addWidget(button);
    return row;
}

void SoundView::connectCanvas()
{
    connect(m_canvas, &SoundCanvas::pointed, this, &SoundView::point);
    connect(m_canvas, &SoundCanvas::left, this, [this] { m_source->hover({}); });
    connect(m_canvas, &SoundCanvas::clicked, this, &SoundView::click);
    connect(m_canvas, &SoundCanvas::chosenChanged, this, [this] {
        showStatement();
        showPlayback();
    });
    connect(m_canvas, &SoundCanvas::axisChanged, this, [this] {
        const bool hasOtherMel = m_features->mel(m_canvas->axis().visible()) != m_canvas->scene().mel;
        if (isVisible() && (hasOtherMel || m_spoken.windows.size() > 1))
            rebuild(); // log-mel and times are of what is in sight
    });
    connect(m_canvas, &SoundCanvas::tokenStepped, this, &SoundView::stepToken);
    connect(m_canvas, &SoundCanvas::momentStepped, this, &SoundView::stepMoment);
    connect(m_canvas, &SoundCanvas::headStepped, this, &SoundView::stepHead);
    connect(m_canvas, &SoundCanvas::activated, this, [this](bool besideOthers) {
        if (const std::optional<AxisPosition> token = m_source->hoveredQuery())
            m_source->toggleToken(*token, besideOthers);
    });
    connect(m_canvas, &SoundCanvas::playAsked, this, &SoundView::play);
}

void SoundView::connectPlayback()
{
    connect(m_play, &QPushButton::clicked, this, &SoundView::play);
    if (Playback* playback = context().playback()) {
        connect(playback, &Playback::stateChanged, this, &SoundView::showPlayback);
        connect(playback, &Playback::positionChanged, this, &SoundView::showPlayback);
    }
    showPlayback();
}

void SoundView::play()
{
    Playback* playback = context().playback();
    if (!playback || !playback->unavailableReason().isEmpty())
        return;
    const std::optional<TimeSpan>& chosen = m_canvas->scene().chosen;
    if (playback->isPlaying())
        playback->stop();
    else if (chosen)
        playback->play(chosen->start, chosen->end);
    else
        playback->playAll();
    showPlayback();
}

void SoundView::showPlayback()
{
    Playback* playback = context().playback();
    const bool isPlaying = playback && playback->isPlaying();
    QString reason = playback ? playback->unavailableReason() : tr("Nothing here can play sound.");
    if (!m_source->recording() && reason.isEmpty())
        reason = tr("The recording itself is not here.");
    m_play->setEnabled(reason.isEmpty());
    m_play->setText(isPlaying ? tr("■ Stop") : m_canvas->scene().chosen ? tr("▶ Span") : tr("▶ Play"));
    m_play->setToolTip(!reason.isEmpty()          ? reason
                       : m_canvas->scene().chosen ? tr("Plays the marked span (Space)")
                                                  : tr("Plays the recording (Space); drag on it to mark a span"));
    m_playText->setText(!reason.isEmpty() ? reason.section(u':', 0, 0)
                        : isPlaying       ? timeText(playback->position())
                                          : QString());
    m_playText->setToolTip(reason);
    m_canvas->setCursorTime(isPlaying ? std::optional(playback->position()) : std::nullopt);
}

void SoundView::captureChanged()
{
    selectionChanged();
}

void SoundView::recordingChanged()
{
    selectionChanged();
}

void SoundView::selectionChanged()
{
    chooseSource();
    m_features->setRecording(m_source->recording());
    rebuild();
    showPlayback();
}

void SoundView::rebuild()
{
    readSpoken();
    m_smooth->setText(tr("&Median of %1 positions").arg(medianWidth()));
    m_canvas->setHint(tr("Open a recording and run a speech model to see what its words listened to."));
    SoundScene scene = makeScene();
    scene.chosen = m_canvas->scene().chosen;
    scene.cursor = m_canvas->scene().cursor;
    if (scene.whole != m_canvas->scene().whole)
        scene.chosen.reset();
    m_canvas->setScene(std::move(scene));
    showScale();
    showStatement();
}

std::shared_ptr<const Capture> SoundView::soundCapture() const
{
    std::shared_ptr<const Capture> capture = m_source->capture();
    return capture && hasSound(*capture) ? capture : nullptr;
}

} // namespace heedmap
