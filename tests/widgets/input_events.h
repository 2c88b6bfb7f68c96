#pragma once

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWidget>

namespace heedmap::test {

// Input as the window system sends it. Nothing waits for what comes of it.

/// `held`: the buttons that are down after it.
inline void sendMouse(QWidget& widget, QEvent::Type type, QPointF place, Qt::MouseButton button = Qt::NoButton,
                      Qt::MouseButtons held = Qt::NoButton, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QMouseEvent event(type, place, widget.mapToGlobal(place), button, held, modifiers);
    QApplication::sendEvent(&widget, &event);
}

/// With the left button.
inline void click(QWidget& widget, QPointF place, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    sendMouse(widget, QEvent::MouseButtonPress, place, Qt::LeftButton, Qt::LeftButton, modifiers);
    sendMouse(widget, QEvent::MouseButtonRelease, place, Qt::LeftButton, Qt::NoButton, modifiers);
}

inline void click(QWidget& widget)
{
    click(widget, QRectF(widget.rect()).center());
}

inline void press(QWidget& widget, int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier, const QString& text = {})
{
    for (const QEvent::Type type : {QEvent::KeyPress, QEvent::KeyRelease}) {
        QKeyEvent event(type, key, modifiers, text);
        QApplication::sendEvent(&widget, &event);
    }
}

} // namespace heedmap::test
