#include "widgets/controls/sound_canvas.h"

#include "widgets/controls/canvas_marks.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr double kStep = 1.25;
constexpr double kLeastMarkSeconds = 0.005;

bool isOverTime(SoundLane lane)
{
    return lane != SoundLane::Specials;
}

bool hasTokensOf(const SoundScene& before, const SoundScene& after)
{
    return std::ranges::equal(before.tokens, after.tokens, {}, &SoundScene::Token::text, &SoundScene::Token::text);
}

} // namespace

SoundCanvas::SoundCanvas(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(200, 120);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Recording with attention over time"));
}

QSize SoundCanvas::sizeHint() const
{
    return {640, static_cast<int>(comfortableSoundHeight(m_scene, QFontMetricsF(font()))) + 2};
}

void SoundCanvas::setScene(SoundScene scene)
{
    const bool isOther = scene.whole != m_scene.whole || scene.recordingEnd != m_scene.recordingEnd;
    scene.heldLabel = m_scene.heldLabel;
    if (scene.heldLabel && (isOther || !hasTokensOf(m_scene, scene)))
        scene.heldLabel.reset();
    m_scene = std::move(scene);
    if (isOther) {
        m_visible.reset();
        emit axisChanged();
    }
    redraw();
}

void SoundCanvas::setHint(const QString& hint)
{
    m_hint = hint;
    redraw();
}

void SoundCanvas::setCursorTime(std::optional<double> seconds)
{
    if (m_scene.cursor == seconds)
        return;
    const auto updateCursor = [this] {
        if (m_scene.cursor)
            update(QRectF(axis().x(*m_scene.cursor) - kSoundCursorWidth, 0, 2 * kSoundCursorWidth, height())
                       .toAlignedRect());
    };
    updateCursor();
    m_scene.cursor = seconds;
    if (seconds && !axis().visible().contains(*seconds))
        setAxis(axis().showing({*seconds, *seconds + axis().visible().length()})); // the next page
    updateCursor();
}

void SoundCanvas::redraw()
{
    m_still = {};
    update();
}

void SoundCanvas::setChosen(const std::optional<TimeSpan>& span)
{
    m_scene.chosen = span;
    redraw();
}

SoundLayout SoundCanvas::currentLayout() const
{
    return layoutSound(m_scene, QRectF(rect()).adjusted(0, 0, -2, -1), QFontMetricsF(font()));
}

TimeAxis SoundCanvas::axis() const
{
    const SoundLayout layout = currentLayout();
    const TimeSpan recorded = common(m_scene.whole, {m_scene.whole.start, m_scene.recordingEnd});
    return {m_scene.whole, m_visible.value_or(recorded.isEmpty() ? m_scene.whole : recorded), layout.left,
            layout.width()};
}

/// What is pointed at is shown first, and would else move away from below the pointer.
void SoundCanvas::holdLabelAt(QPointF device)
{
    const QRectF area = currentLayout().lane(SoundLane::Tokens);
    std::optional<SoundScene::HeldLabel> held;
    if (area.contains(device))
        for (const SoundTokenPlace& place : layoutSoundTokens(m_scene, axis(), area, QFontMetricsF(font())))
            if (place.label.contains(device))
                held = {place.token, place.label};
    m_scene.heldLabel = held;
}

void SoundCanvas::setAxis(const TimeAxis& axis)
{
    if (m_visible == axis.visible())
        return;
    m_scene.heldLabel.reset();
    m_visible = axis.visible();
    emit axisChanged();
    redraw();
}

void SoundCanvas::reveal(const TimeSpan& span)
{
    const TimeAxis now = axis();
    if (span.end < now.visible().start || span.start > now.visible().end)
        setAxis(now.revealing(span.end < now.visible().start ? span.start : span.end));
}

void SoundCanvas::zoomIn()
{
    setAxis(axis().zoomed(axis().left() + axis().width() / 2, kStep));
}

void SoundCanvas::zoomOut()
{
    setAxis(axis().zoomed(axis().left() + axis().width() / 2, 1 / kStep));
}

void SoundCanvas::fit()
{
    m_visible.reset();
    emit axisChanged();
    redraw();
}

std::optional<std::size_t> SoundCanvas::tokenAt(SoundLane lane, QPointF device) const
{
    const QFontMetricsF metrics(font());
    const SoundLayout layout = currentLayout();
    const QRectF area = layout.lane(lane);
    if (lane == SoundLane::Map && m_scene.map)
        if (const auto row = soundRowAt(area, m_scene.map->heat.rows, device.y()))
            return m_scene.map->tokens[*row];
    if (lane == SoundLane::Specials)
        for (const SoundSpecialPlace& place : layoutSoundSpecials(m_scene, area, QFontMetricsF(smallSoundFont(font()))))
            if (place.chip.contains(device))
                return place.token;
    if (lane != SoundLane::Tokens)
        return std::nullopt;
    const std::vector<SoundTokenPlace> places = layoutSoundTokens(m_scene, axis(), area, metrics);
    for (const SoundTokenPlace& place : places)
        if (place.label.contains(device))
            return place.token;
    for (const SoundTokenPlace& place : places) // a bar is thin: some room below it belongs to it
        if (place.bar.adjusted(0, -2, 0, 3).contains(device))
            return place.token;
    return std::nullopt;
}

std::optional<SoundPlace> SoundCanvas::placeAt(QPointF device) const
{
    const SoundLayout layout = currentLayout();
    const std::optional<SoundLane> lane = layout.laneAt({std::max(device.x(), layout.left + 0.5), device.y()});
    if (!lane || m_scene.whole.isEmpty())
        return std::nullopt;
    SoundPlace place;
    place.lane = *lane;
    place.seconds = axis().seconds(device.x());
    place.isOnTime = isOverTime(*lane) && device.x() >= layout.left && place.seconds < m_scene.whole.end;
    if (*lane == SoundLane::Heads && m_scene.heads)
        place.head = soundRowAt(layout.lane(*lane), m_scene.heads->heat.rows, device.y());
    place.token = tokenAt(*lane, device);
    return place;
}

/// Waveform and log-mel take longer than everything else of a hover's repaint, and are the same at each.
const QPixmap& SoundCanvas::backdrop(const SoundLayout& layout, const TimeAxis& axis)
{
    std::vector<bool> shown;
    for (const SoundScene::Window& window : m_scene.windows)
        shown.push_back(window.isShown);
    const BackdropKey key{m_scene.recording.get(),
                          m_scene.envelope.get(),
                          m_scene.mel.get(),
                          m_scene.noWaveform + m_scene.noMel,
                          axis.visible(),
                          std::move(shown),
                          size(),
                          devicePixelRatioF(),
                          layout.lane(SoundLane::Waveform),
                          layout.lane(SoundLane::Mel),
                          palette().cacheKey()};
    if (key == m_backdropKey)
        return m_backdrop;
    m_backdrop = QPixmap(size() * key.pixelRatio);
    m_backdrop.setDevicePixelRatio(key.pixelRatio);
    m_backdrop.fill(Qt::transparent);
    QPainter painter(&m_backdrop);
    painter.setFont(font());
    paintSoundBackdrop(painter, layout, axis, m_scene, SoundInk::fromPalette(palette()));
    m_backdropKey = key;
    return m_backdrop;
}

/// Everything but what moves while a recording is played.
const QPixmap& SoundCanvas::still(const SoundLayout& layout, const TimeAxis& axis)
{
    const QSize pixels = size() * devicePixelRatioF();
    if (m_still.size() == pixels && m_still.devicePixelRatio() == devicePixelRatioF())
        return m_still;
    m_still = QPixmap(pixels);
    m_still.setDevicePixelRatio(devicePixelRatioF());
    m_still.fill(Qt::transparent);
    QPainter painter(&m_still);
    painter.setFont(font());
    painter.drawPixmap(0, 0, backdrop(layout, axis));
    paintSoundLanes(painter, layout, axis, m_scene, SoundInk::fromPalette(palette()));
    return m_still;
}

void SoundCanvas::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    m_scene.heldLabel.reset();
    redraw(); // of the font or the palette
}

void SoundCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_scene.whole.isEmpty())
        return paintEmptyHint(painter, *this, m_hint);
    const SoundLayout layout = currentLayout();
    const TimeAxis shown = axis();
    painter.drawPixmap(0, 0, still(layout, shown));
    paintSoundCursor(painter, layout, shown, m_scene, SoundInk::fromPalette(palette()));
    if (hasFocus())
        paintFocusFrame(painter, *this);
}

void SoundCanvas::mark(double fromX, double toX)
{
    const TimeAxis shown = axis();
    const auto moment = [&](double x) { return std::clamp(shown.seconds(x), m_scene.whole.start, m_scene.whole.end); };
    TimeSpan span{moment(std::min(fromX, toX)), moment(std::max(fromX, toX))};
    m_scene.chosen = span.length() < kLeastMarkSeconds ? std::nullopt : std::optional(span);
    emit chosenChanged(m_scene.chosen);
    redraw();
}

void SoundCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF place = event->position();
    if (m_drag == Drag::Pressed && (place - m_pressed).manhattanLength() >= QApplication::startDragDistance()) {
        const bool moves = m_button == Qt::MiddleButton || (event->modifiers() & Qt::ShiftModifier);
        m_drag = moves ? Drag::Moving : Drag::Marking;
        setCursor(moves ? Qt::ClosedHandCursor : Qt::SplitHCursor);
    }
    if (m_drag == Drag::Moving) {
        setAxis(axis().panned(place.x() - m_last.x()));
    } else if (m_drag == Drag::Marking) {
        mark(m_pressed.x(), place.x());
    } else if (m_drag == Drag::None) {
        holdLabelAt(place);
        if (const std::optional<SoundPlace> here = placeAt(place))
            emit pointed(*here);
        else
            emit left();
    }
    m_last = place;
}

void SoundCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_button = event->button();
    m_pressed = m_last = event->position();
    m_drag = Drag::Pressed;
}

void SoundCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != m_button)
        return;
    const bool wasClick = m_drag == Drag::Pressed && m_button == Qt::LeftButton;
    m_drag = Drag::None;
    m_button = Qt::NoButton;
    unsetCursor();
    if (const std::optional<SoundPlace> place = placeAt(event->position()); place && wasClick)
        emit clicked(*place, event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
}

void SoundCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    mousePressEvent(event); // two clicks, each of which keeps or lets go
}

void SoundCanvas::leaveEvent(QEvent*)
{
    m_scene.heldLabel.reset();
    if (m_drag == Drag::None)
        emit left();
}

void SoundCanvas::wheelEvent(QWheelEvent* event)
{
    if (m_scene.whole.isEmpty())
        return event->ignore();
    const QPoint turned = event->angleDelta();
    if (std::abs(turned.x()) > std::abs(turned.y()) || (event->modifiers() & Qt::ShiftModifier))
        setAxis(axis().panned(turned.x() != 0 ? turned.x() : turned.y()));
    else
        setAxis(axis().zoomed(event->position().x(), std::pow(kStep, turned.y() / 120.0)));
    event->accept();
}

/// Esc lets go of a marked span first, and means the window's tokens only when there is none.
bool SoundCanvas::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
        m_scene.chosen)
        event->accept();
    return QWidget::event(event);
}

void SoundCanvas::keyPressEvent(QKeyEvent* event)
{
    const bool shifted = event->modifiers() & Qt::ShiftModifier;
    switch (event->key()) {
    case Qt::Key_Left:
        return shifted ? emit momentStepped(-1) : emit tokenStepped(-1);
    case Qt::Key_Right:
        return shifted ? emit momentStepped(1) : emit tokenStepped(1);
    case Qt::Key_Up:
        return emit headStepped(-1);
    case Qt::Key_Down:
        return emit headStepped(1);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    case Qt::Key_0:
        return fit();
    case Qt::Key_Space:
        return emit playAsked();
    case Qt::Key_Escape:
        if (m_scene.chosen)
            return mark(0, 0);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!(event->modifiers() & Qt::ControlModifier)) // Ctrl+Return runs the model
            return emit activated(shifted);
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void SoundCanvas::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_scene.heldLabel.reset();
    emit axisChanged();
}

} // namespace heedmap
